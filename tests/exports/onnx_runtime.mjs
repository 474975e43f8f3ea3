// Runs an ONNX model over rows: node onnx_runtime.mjs MODEL < {"name": …} as lines of JSON.
//
// Each line of standard input is one input, [name, "float64" | "string", values]; null is NaN. The answer is
// one line of JSON: what the model has for inputs and outputs, and for each output [name, type, dims, values];
// an integer of 64 bits is written as a text.

import fs from "node:fs";
import ort from "onnxruntime-node";

const session = await ort.InferenceSession.create(process.argv[2], { logSeverityLevel: 3 });

const feeds = Object.create(null); // an input may be called __proto__
for (const line of fs.readFileSync(0, "utf8").split("\n")) {
  if (line === "") continue;
  const [name, type, values] = JSON.parse(line);
  const data = type === "string" ? values : Float64Array.from(values, (value) => value ?? NaN);
  feeds[name] = new ort.Tensor(type, data, [values.length, 1]);
}

const outputs = await session.run(feeds);
const answers = session.outputNames.map((name) => {
  const { type, dims, data } = outputs[name];
  return [name, type, dims, Array.from(data, type === "int64" ? String : undefined)];
});
process.stdout.write(JSON.stringify({ inputs: session.inputMetadata, outputs: answers }) + "\n");
