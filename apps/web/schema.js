// What the server makes of the begin of a CSV file.

import {CSV, firstRecords, requireReadable} from "./file_begin.js";
import {upload} from "./upload.js";

/**
 * The answer of POST /schema with such a query for the first `most` bytes, and whether the file is
 * `cut` there. `signal` ends it.
 */
export async function schemaOf(file, most, query, signal) {
  await requireReadable(file);
  const {records, cut} = await firstRecords(file, most);
  signal.throwIfAborted();
  const {told} = await upload(`schema?${query}`, records, {headers: {"Content-Type": CSV}, signal});
  return {...told, cut};
}
