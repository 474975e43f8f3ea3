// Asks the export in ./model.mjs: a record in JSON on each line of standard input, and on each line
// of standard output the index of the class (0 without classes) and the probabilities, or the number.
import { readFileSync } from "node:fs";

function answer(model, record) {
  const { prediction, probabilities } = model.predict(record);
  if (model.classes === undefined) return { label: 0, numbers: [prediction] };
  return { label: model.classes.indexOf(prediction), numbers: probabilities };
}

try {
  const model = await import("./model.mjs");
  const lines = readFileSync(0, "utf8").split("\n").filter((line) => line !== "");
  const answers = lines.map((line) => JSON.stringify(answer(model, JSON.parse(line))));
  process.stdout.write(answers.map((line) => `${line}\n`).join(""));
} catch (error) {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
}
