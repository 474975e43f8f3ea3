// The same request in other people's languages. Every text from data goes in as a literal of the
// language, so a name cannot become code.

const KEY_NAME = "MLSERVE_API_KEY";

/** In single quotes, as a POSIX shell reads it. */
const shellQuoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A record as JSON, in which nothing is invisible or turns the direction of writing. */
export const requestBody = (record) => JSON.stringify(record).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, escaped);

/** A string literal of JavaScript and Python: that of JSON is one of theirs. */
const quoted = (text) => JSON.stringify(text);

/** A string literal of Java, whose compiler may not expect UTF-8. */
const javaQuoted = (text) => quoted(text).replace(/[^\x20-\x7e]/g, escaped);

function curl({url, body, withKey}) {
  return [
    `curl ${shellQuoted(url)} \\`,
    ...(withKey ? [`  -H "Authorization: Bearer $${KEY_NAME}" \\`] : []),
    "  -H 'Content-Type: application/json' \\",
    `  --data-binary ${shellQuoted(body)}`,
  ].join("\n");
}

function javascript({url, body, withKey}) {
  const key = withKey ? [`    "Authorization": \`Bearer \${process.env.${KEY_NAME}}\`,`] : [];
  return [
    `const answer = await fetch(${quoted(url)}, {`,
    '  method: "POST",',
    "  headers: {",
    ...key,
    '    "Content-Type": "application/json",',
    "  },",
    `  body: ${quoted(body)},`,
    "});",
    "if (!answer.ok) throw new Error(await answer.text());",
    "console.log(await answer.json());",
  ].join("\n");
}

function java({url, body, withKey}) {
  const key = withKey ?
    [`                .header("Authorization", "Bearer " + System.getenv("${KEY_NAME}"))`] : [];
  return [
    "import java.net.URI;",
    "import java.net.http.HttpClient;",
    "import java.net.http.HttpRequest;",
    "import java.net.http.HttpResponse;",
    "",
    "public class Ask {",
    "    public static void main(String[] arguments) throws Exception {",
    `        String body = ${javaQuoted(body)};`,
    `        HttpRequest request = HttpRequest.newBuilder(URI.create(${javaQuoted(url)}))`,
    ...key,
    '                .header("Content-Type", "application/json")',
    "                .POST(HttpRequest.BodyPublishers.ofString(body))",
    "                .build();",
    "        HttpResponse<String> answer = HttpClient.newHttpClient()",
    "                .send(request, HttpResponse.BodyHandlers.ofString());",
    "        if (answer.statusCode() != 200) throw new Exception(answer.body());",
    "        System.out.print(answer.body());",
    "    }",
    "}",
  ].join("\n");
}

function python({url, body, withKey}) {
  const key = withKey ? [`    "Authorization": "Bearer " + os.environ["${KEY_NAME}"],`] : [];
  return [
    "import json",
    ...(withKey ? ["import os"] : []),
    "import urllib.request",
    "",
    `request = urllib.request.Request(${quoted(url)}, headers={`,
    ...key,
    '    "Content-Type": "application/json",',
    `}, data=${quoted(body)}.encode())`,
    "with urllib.request.urlopen(request) as answer:",
    "    print(json.load(answer))",
  ].join("\n");
}

/** [title, text of a request {url, body, withKey}] of each language. */
export const LANGUAGES = [
  ["curl", curl], ["JavaScript", javascript], ["Java", java], ["Python", python],
];
