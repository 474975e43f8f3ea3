-- wrk: POSTs one body again and again, prints what was measured as one line of JSON.
--   wrk … -s predict.lua URL -- BODY.json [PREFERENCE [PAUSE_MS]]
-- PAUSE_MS between an answer and the next request of a connection, drawn evenly from 0 to twice it,
-- so that the connections do not march in step.
local pause = 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = file:read("*a")
  file:close()
  if (arguments[2] or "") ~= "" then wrk.headers["Prefer"] = arguments[2] end
  pause = tonumber(arguments[3] or "0")
  math.randomseed(os.time())
  if pause > 0 then
    delay = function() return math.floor(2 * pause * math.random() + 0.5) end
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"p999_ms":%.3f,' ..
    '"bad_status":%d,"socket_errors":%d,"timeouts":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout))
end
