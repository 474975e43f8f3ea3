// Renders /openapi.json: what this server answers, to be read and tried. All text is put in as text,
// never as markup, and nothing is loaded from elsewhere.
"use strict";

let api = {};
let key = "";
let fieldCount = 0;

const byId = (id) => document.getElementById(id);

/** An element with properties, and children that are elements, texts or nothing. */
function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.flat(Infinity).filter((child) => child !== null));
  return element;
}

/** What a "$ref" stands for; `part` itself without one. */
function resolved(part) {
  if (!part || !part.$ref) return part || {};
  return part.$ref.slice(2).split("/").reduce(
      (inner, name) => (inner || {})[name.replace(/~1/g, "/").replace(/~0/g, "~")], api) || {};
}

const shortName = (reference) => reference.slice(reference.lastIndexOf("/") + 1);
const pretty = (value) => typeof value === "string" ? value : JSON.stringify(value, null, 2);

/** The text as Markdown of one kind: `code`. */
function prose(text) {
  return (text || "").split("`").map(
      (part, i) => i % 2 === 1 ? make("code", {textContent: part}) : part);
}

// ---- Schemas

/** "number or null": of a choice all types, each once. */
const typeName = (schema) => [...new Set(typeNames(schema))].join(" or ");

function typeNames(schema) {
  if (schema.$ref) return [shortName(schema.$ref)];
  const choices = schema.oneOf || schema.anyOf;
  if (choices) return choices.flatMap(typeNames);
  if (schema.items) return ["list of " + typeName(schema.items)];
  if (schema.type) return [].concat(schema.type);
  if (schema.enum) return schema.enum.map((value) => typeof value);
  return [schema.allOf || schema.properties ? "object" : "any value"];
}

function choicesOf(schema) {
  const listed = [schema, ...(schema.anyOf || [])].find((choice) => choice.enum);
  return listed ? listed.enum.map((value) => JSON.stringify(value)).join(", ") : "";
}

function rangeOf(schema) {
  const [least, most] = ["minimum", "maximum"].map((name) => schema[name]);
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return `from ${least}`;
  return least === undefined ? `up to ${most}` : `${least} to ${most}`;
}

/** Fields of the schema, which appear when they are asked for: schemas may contain themselves. */
function fieldsOf(schema) {
  const whole = resolved(schema);
  const parts = [whole, ...(whole.allOf || [])].map(resolved);
  const required = new Set(parts.flatMap((part) => part.required || []));
  const fields = parts.flatMap((part) => Object.entries(part.properties || {}));
  if (whole.additionalProperties && typeof whole.additionalProperties === "object") {
    fields.push(["…", whole.additionalProperties]);
  }
  return fields.map(([name, field]) => fieldItem(name, field, required.has(name)));
}

function fieldItem(name, field, required) {
  const schema = resolved(field);
  const notes = [required ? "required" : "", rangeOf(schema)].filter(Boolean).join(", ");
  const choices = choicesOf(schema);
  return make("li", {},
      make("code", {textContent: name}), " ",
      make("span", {className: "muted", textContent: typeName(field)}),
      notes ? `, ${notes}` : "",
      schema.description ? [". ", prose(schema.description)] : "",
      choices ? make("div", {}, make("small", {textContent: "Known: " + choices})) : null,
      inner(field));
}

/** The schemas within one that have fields, closed. */
function inner(schema) {
  const whole = resolved(schema);
  const candidates = [whole, whole.items, ...(whole.oneOf || []), ...(whole.anyOf || [])];
  return candidates.filter((part) => part && hasFields(part)).map((part) => {
    const list = make("ul", {className: "fields"});
    const details = make("details", {},
        make("summary", {textContent: part.$ref ? shortName(part.$ref) : "fields"}), list);
    details.addEventListener("toggle", () => {
      if (list.children.length === 0) list.append(...fieldsOf(part));
    });
    return details;
  });
}

function hasFields(schema) {
  const whole = resolved(schema);
  return Boolean(whole.properties || whole.allOf ||
                 typeof whole.additionalProperties === "object");
}

function schemaView(schema) {
  if (!schema || Object.keys(schema).length === 0) return null;
  const whole = resolved(schema);
  const parts = hasFields(schema) ? [] : inner(schema);
  if (parts.length > 0) parts[0].open = true;
  return make("div", {},
      make("span", {className: "muted", textContent: typeName(schema)}),
      whole.description ? [": ", prose(whole.description)] : "",
      hasFields(schema) ? make("ul", {className: "fields"}, fieldsOf(schema))
                        : make("div", {className: "fields"}, parts));
}

/** The examples of a media type: [[title, text]]. */
function examplesOf(media) {
  if (media.example !== undefined) return [["example", pretty(media.example)]];
  return Object.entries(media.examples || {}).map(
      ([name, example]) => [example.summary || name, pretty(resolved(example).value)]);
}

// ---- Requests

const quoted = (text) => "'" + text.replace(/'/g, "'\\''") + "'";

function curlLine(request) {
  const words = ["curl", quoted(new URL(request.url, document.baseURI).href)];
  if (request.method === "DELETE") words.push("-X", request.method);
  if (request.method === "POST" && !request.body) words.push("-d", "''");
  for (const [name, value] of Object.entries(request.headers)) {
    words.push("-H", quoted(`${name}: ${value}`));
  }
  if (api.components && api.components.securitySchemes && request.wantsKey) {
    words.push("-H", '"Authorization: Bearer $MLSERVE_API_KEY"');
  }
  if (request.body) words.push("--data-binary", quoted(request.body));
  return words.join(" ");
}

/** The request that the inputs of an operation stand for. */
function requestOf(method, path, operation, inputs, body) {
  const query = new URLSearchParams();
  const headers = {};
  let filled = path;
  for (const {parameter, input} of inputs) {
    const value = input.value;
    if (value === "") {
      continue;
    } else if (parameter.in === "path") {
      filled = filled.replace(`{${parameter.name}}`, () => encodeURIComponent(value));
    } else if (parameter.in === "header") {
      headers[parameter.name] = value;
    } else if (parameter.schema && parameter.schema.type === "object") {
      new URLSearchParams(value).forEach((text, name) => query.append(name, text));
    } else {
      query.append(parameter.name, value);
    }
  }
  if (body) headers["Content-Type"] = body.type.value;
  const text = query.toString();
  return {
    method: method.toUpperCase(), headers, body: body ? body.text.value : undefined,
    wantsKey: (operation.security || []).length > 0,
    // The document stands beside this page, also behind a proxy that puts a prefix before both.
    url: filled.slice(1) + (text ? "?" + text : ""),
  };
}

async function send(request, output) {
  output.textContent = "…";
  const headers = {...request.headers};
  if (key && request.wantsKey) headers.Authorization = `Bearer ${key}`;
  const begin = performance.now();
  try {
    const answer = await fetch(request.url, {
      method: request.method, headers, body: request.body, cache: "no-store", redirect: "error",
      credentials: "omit", referrerPolicy: "no-referrer",
    });
    const text = await answer.text();
    const time = Math.round(performance.now() - begin);
    output.textContent = `${answer.status} ${answer.statusText} (${time} ms)\n${readable(text)}`;
  } catch (error) {
    output.textContent = `No answer: ${error.message}`;
  }
}

function readable(text) {
  try {
    return text.length < 100000 ? pretty(JSON.parse(text)) : text;
  } catch {
    return text;
  }
}

// ---- Operations

function exampleOf(parameter) {
  const schema = resolved(parameter.schema);
  const example = parameter.example === undefined ? (schema.examples || [])[0] : parameter.example;
  if (example && typeof example === "object") return new URLSearchParams(example).toString();
  return parameter.in === "path" && example !== undefined ? String(example) : "";
}

function inputFor(parameter) {
  const schema = resolved(parameter.schema);
  const id = `field-${++fieldCount}`;
  const values = schema.type === "boolean" ? ["true", "false"] : schema.enum;
  const input = values
      ? make("select", {id}, ["", ...values].map((value) => make("option", {textContent: value})))
      : make("input", {id, value: exampleOf(parameter), autocomplete: "off", spellcheck: false});
  const kind = [parameter.in, typeName(schema), rangeOf(schema)].filter(Boolean).join(", ");
  const label = make("label", {htmlFor: id}, parameter.name,
      make("small", {textContent: kind + (parameter.required ? ", required" : "")}));
  return {parameter, input,
          view: [label, make("div", {}, input, make("small", {}, prose(parameter.description)))]};
}

function bodyFor(requestBody) {
  const types = Object.entries(requestBody.content || {});
  const type = make("select", {ariaLabel: "Media type"},
      types.map(([name]) => make("option", {textContent: name})));
  const example = make("select", {ariaLabel: "Example"});
  const text = make("textarea", {spellcheck: false, ariaLabel: "Body"});
  const schema = make("div", {});
  const showExample = () => {
    const found = examplesOf(types[type.selectedIndex][1])[example.selectedIndex];
    text.value = found ? found[1] : "";
    text.rows = Math.min(text.value.split("\n").length + 1, 16);
    text.dispatchEvent(new Event("input", {bubbles: true}));
  };
  const showType = () => {
    const media = types[type.selectedIndex][1];
    const titles = examplesOf(media).map(([title]) => title);
    example.replaceChildren(...titles.map((title) => make("option", {textContent: title})));
    example.hidden = titles.length < 2;
    schema.replaceChildren(...[schemaView(media.schema)].filter(Boolean));
    showExample();
  };
  type.addEventListener("change", showType);
  example.addEventListener("change", showExample);
  showType();
  return {type, text, view: [
    make("h3", {textContent: "Body"}), make("p", {}, prose(requestBody.description)),
    make("div", {className: "row"}, type, example), text, schema]};
}

function responseView([status, written]) {
  const response = resolved(written);
  const media = Object.entries(response.content || {});
  return make("details", {},
      make("summary", {}, make("code", {textContent: status}), " ", prose(response.description)),
      make("ul", {className: "fields"},
          Object.entries(response.headers || {}).map(([name, header]) => make("li", {},
              make("code", {textContent: name}), " ", prose(resolved(header).description)))),
      media.map(([type, content]) => [
        make("small", {textContent: type}), schemaView(content.schema),
        examplesOf(content).map(([, text]) => make("pre", {textContent: text}))]));
}

function operationView(method, path, operation) {
  const inputs = (operation.parameters || []).map((parameter) => inputFor(resolved(parameter)));
  const requestBody = resolved(operation.requestBody);
  const body = requestBody.content ? bodyFor(requestBody) : null;
  const request = () => requestOf(method, path, operation, inputs, body);
  const curl = make("pre", {tabIndex: 0});
  const output = make("pre", {hidden: true, tabIndex: 0, ariaLive: "polite"});
  const copy = make("button", {type: "button", textContent: "Copy"});
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(curl.textContent);
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 2000);
    } catch {  // not allowed, or not a secure context: then by hand
      getSelection().selectAllChildren(curl);
    }
  });
  const actions = make("div", {className: "row"}, copy);
  // Only what changes nothing can be tried here.
  if (method === "get" || operation["x-safe"]) {
    const button = make("button", {type: "button", textContent: "Try it"});
    button.addEventListener("click", () => {
      output.hidden = false;
      send(request(), output);
    });
    actions.append(button);
  }
  const update = () => { curl.textContent = curlLine(request()); };
  const view = make("div", {},
      make("p", {}, prose(operation.description)),
      inputs.length ? [make("h3", {textContent: "Parameters"}),
        make("div", {className: "inputs"}, inputs.map((input) => input.view))] : null,
      body ? body.view : null,
      make("h3", {textContent: "By curl"}), curl, actions, output,
      make("h3", {textContent: "Answers"}),
      make("div", {className: "fields"}, Object.entries(operation.responses).map(responseView)));
  view.addEventListener("input", update);
  view.addEventListener("change", update);
  update();
  return view;
}

/** A route with its method, closed; its inside is made when it is opened first. */
function routeView(method, path, operation) {
  const details = make("details", {className: "route", id: operation.operationId},
      make("summary", {}, make("span", {className: `method ${method}`, textContent: method}),
          make("code", {textContent: path}),
          make("span", {className: "muted", textContent: operation.summary})));
  details.addEventListener("toggle", () => {
    if (details.children.length === 1) details.append(operationView(method, path, operation));
  });
  return details;
}

// ---- The page

function render() {
  byId("title").textContent = `${api.info.title} ${api.info.version}`;
  byId("about").replaceChildren(...prose(api.info.description));
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({method, path, operation})));
  const sections = api.tags.map((tag, i) => make("section", {id: `group-${i}`},
      make("h2", {textContent: tag.name}), make("p", {}, prose(tag.description)),
      operations.filter(({operation}) => operation.tags.includes(tag.name))
          .map(({method, path, operation}) => routeView(method, path, operation))));
  byId("contents").replaceChildren(...api.tags.map(
      (tag, i) => make("a", {href: `#group-${i}`, textContent: tag.name})));
  byId("routes").replaceChildren(...sections);
  openLinked();
}

/** Opens the route that the address names behind its #. */
function openLinked() {
  const linked = byId(decodeURIComponent(location.hash.slice(1)));
  if (!linked) return;
  if (linked.matches("details")) linked.open = true;
  linked.scrollIntoView();
}

async function load() {
  const trouble = byId("trouble");
  const headers = key ? {Authorization: `Bearer ${key}`} : {};
  try {
    const answer = await fetch("openapi.json", {headers, credentials: "omit"});
    byId("access").hidden = !(answer.status === 401 || answer.status === 403 || key);
    if (!answer.ok) {
      throw new Error(answer.status === 401 ? "this server asks for an API key"
                                            : `${answer.status} ${answer.statusText}`);
    }
    api = await answer.json();
    byId("access").hidden = !(api.components && api.components.securitySchemes);
    trouble.hidden = true;
    render();
  } catch (error) {
    trouble.hidden = false;
    trouble.textContent = `openapi.json cannot be shown: ${error.message}`;
  }
}

byId("access").hidden = true;
byId("access").addEventListener("submit", (event) => {
  event.preventDefault();
  key = byId("key").value;
  load();
});
addEventListener("hashchange", openLinked);
load();
