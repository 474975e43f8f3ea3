// Asks a server by a client that others wrote, which knows the calls from /openapi.json alone: what the
// web page does, told as one JSON object.  node openapi_client.mjs ORIGIN MODEL TABLE

import {readFileSync} from "node:fs";
import {OpenAPIClientAxios} from "openapi-client-axios";

const [origin, model, table] = process.argv.slice(2);
const csv = {headers: {"Content-Type": "text/csv"}};
const api = new OpenAPIClientAxios({definition: `${origin}/openapi.json`, withServer: {url: origin}});
const client = await api.init();
const told = async (answer) => (await answer).data;

/** The job when it has ended. */
async function ended({id}) {
  for (;;) {
    const job = await told(client.getJob({id, wait: 20}));
    if (!["queued", "running"].includes(job.status)) return job;
  }
}

const rows = readFileSync(table, "utf8");
const sent = await client.predict({}, [{Age: 24, Sex: "female"}], {headers: {Prefer: "respond-async"}});
const predicted = await ended(sent.data);
const trained = await ended(await told(client.trainModel({name: "ports", target: "Embarked"}, rows, csv)));
console.log(JSON.stringify({
  about: await told(client.about()),
  models: (await told(client.listModels())).models.map(({name}) => name),
  features: (await told(client.getModel({name: model}))).features.map(({name}) => name),
  answer: await told(client.predict({}, [{Age: 24, Sex: "female"}])),
  columns: (await told(client.inferSchema({}, rows, csv))).columns,
  status: sent.status,
  result: await told(client.getJobResult({id: predicted.id})),
  metrics: (await told(client.getJobResult({id: trained.id}))).metrics,
  jobs: (await told(client.listJobs())).jobs.map(({kind, status}) => `${kind} ${status}`),
}));
