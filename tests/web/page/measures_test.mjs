// Measures and their plots: large numbers keep their places.

import assert from "node:assert/strict";
import {describe, test} from "node:test";

import {openPage} from "./browser.mjs";

/** Shows what a module of the page makes of values. */
const show = (page, module, name, values) => page.evaluate(async ([from, what, given]) => {
  const made = (await import(new URL(from, document.baseURI)))[what](...given);
  document.getElementById("view").replaceChildren(...[made].flat());
}, [`web/${module}`, name, values]);

export function measureTests(site) {
  describe("Measures", () => {
    test("the numbers of a plot's axes stand apart, however large they are", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/models`);
      await page.getByRole("heading", {level: 1}).waitFor();
      for (const [least, most, last] of [[0, 8e7, "80M"], [1e9, 1.0000005e9, "1.0000006B"], [-3e-7, 3e-7, "4E-7"], [0, 1, "1"]]) {
        const points = Array.from({length: 11}, (_, i) => Array(2).fill(least + i * (most - least) / 10));
        await show(page, "charts.js", "plot", [{title: "Predicted and actual", description: "", x: "Predicted", y: "Actual",
          dots: [{points}], free: true}]);
        const texts = await page.locator(".plot text").evaluateAll((all) => all.map((text) => {
          const {left, right, top, bottom} = text.getBoundingClientRect();
          return {text: text.textContent, left, right, top, bottom};
        }));
        assert.ok(texts.some(({text}) => text === last), `${last}: ${texts.map(({text}) => text)}`);
        for (const [i, a] of texts.entries()) {
          for (const b of texts.slice(i + 1)) {
            const apart = a.right < b.left || b.right < a.left || a.bottom <= b.top || b.bottom <= a.top;
            assert.ok(apart, `${a.text} is over ${b.text}`);
          }
        }
        const {x, width} = await page.locator(".plot").boundingBox();
        assert.ok(texts.every(({left, right}) => left >= x && right <= x + width + 20), `${last} is beside the card`);
      }
    });

    test("a large measure is short in its tile, in full in the list", async (t) => {
      const page = await openPage(t, site.browser, `${site.origin}/#/models`);
      await page.getByRole("heading", {level: 1}).waitFor();
      await show(page, "measures.js", "metricTiles", [{rmse: 7233138653587, mae: 12345.6}]);
      assert.deepEqual(await page.locator(".tiles dd").allInnerTexts(), ["7.233T", "12,346"]);
      await page.getByText("All measures").first().click();
      assert.match(await page.getByRole("region", {name: "All measures"}).innerText(), /7,233,138,653,587/);
    });
  });
}
