// Tabs with the snippets of a request; arrow keys go from one to the next.

import {button, freshId, make, say} from "./dom.js";
import {LANGUAGES} from "./snippets.js";

/** {element, show(request)}; a request is {url, body, withKey}. */
export function snippetTabs() {
  const code = make("code");
  const panel = make("pre", {role: "tabpanel", tabIndex: 0, id: freshId()}, code);
  let request = null;
  let current = 0;

  const tabs = LANGUAGES.map(([title], i) => make("button", {
    type: "button", role: "tab", id: freshId(), "aria-controls": panel.id,
    onclick: () => choose(i), onkeydown: step}, title));

  function choose(i) {
    current = i;
    tabs.forEach((tab, k) => {
      tab.setAttribute("aria-selected", String(k === i));
      tab.tabIndex = k === i ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", tabs[i].id);
    code.textContent = request ? LANGUAGES[i][1](request) : "";
  }

  function step(event) {
    const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!by) return;
    event.preventDefault();
    choose((current + by + tabs.length) % tabs.length);
    tabs[current].focus();
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(code.textContent);
      say("Copied");
      copyButton.textContent = "Copied";
      setTimeout(() => { copyButton.textContent = "Copy"; }, 2000);
    } catch {  // not allowed, or not a secure context: then by hand
      getSelection().selectAllChildren(code);
      say("Selected; copy it with the keyboard");
    }
  }

  const copyButton = button("Copy", copy, {class: "quiet"});
  choose(current);
  return {
    element: make("section", {class: "card snippets"},
        make("h2", {}, "The same request from a program"),
        make("div", {class: "tabs"},
            make("div", {role: "tablist", "aria-label": "Languages"}, tabs), copyButton),
        panel),
    show(shown) {
      request = shown;
      choose(current);
    },
  };
}
