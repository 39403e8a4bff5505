import { createHash } from "node:crypto";

/** A script that Redis runs as one step: nothing happens in between, and the append-only file keeps all of it or nothing. */
export interface Script {
  readonly source: string;
  /** The name under which Redis remembers it. */
  readonly sha: string;
}

const script = (source: string): Script => ({
  source,
  sha: createHash("sha1").update(source).digest("hex"),
});

/**
 * Appends a message under the next sequence: the id `0-<sequence>`. Returns 1, 0 for an id that was seen within the window,
 * or -1 for a topic that has no room. Messages are removed by slices of time, when they are older than the retention. A
 * topic that drops its oldest makes room in the same way.
 *
 * Keys: the stream; a hash of its sizes: `total`, `newest` (the current slice), and by slice `bytes:` and `first:` (its
 * first id); the mark of the message's id. Arguments: the body, the window, the retention and the width of a slice in
 * milliseconds, the maximum of bytes, what an entry takes beside its body, and 1 for a topic that drops its oldest.
 */
export const APPEND = script(`
local stream, sizes, mark = KEYS[1], KEYS[2], KEYS[3]
local body, window, retention = ARGV[1], ARGV[2], tonumber(ARGV[3])
local width, most, size = tonumber(ARGV[4]), tonumber(ARGV[5]), #ARGV[1] + tonumber(ARGV[6])
if redis.call('EXISTS', mark) == 1 then
  -- A write, which replicas can be waited for.
  redis.call('SET', mark, '1', 'KEEPTTL')
  return 0
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local state = redis.call('HMGET', sizes, 'total', 'newest')
local total, newest = tonumber(state[1] or '0'), tonumber(state[2] or '-1')
local slice = math.max(newest, math.floor(now / width))

-- Removes the oldest slices while this is true of them.
local function removeWhile(isUnwanted)
  local fields, bytes, first, numbers = redis.call('HGETALL', sizes), {}, {}, {}
  for at = 1, #fields, 2 do
    local kind, number = string.match(fields[at], '^(%a+):(%d+)$')
    if kind == 'bytes' then
      numbers[#numbers + 1] = tonumber(number)
      bytes[tonumber(number)] = tonumber(fields[at + 1])
    elseif kind == 'first' then
      first[tonumber(number)] = fields[at + 1]
    end
  end
  table.sort(numbers)
  local removed = 0
  while removed < #numbers and isUnwanted(numbers[removed + 1]) do
    removed = removed + 1
    local number = string.format('%.0f', numbers[removed])
    total = total - bytes[numbers[removed]]
    redis.call('HDEL', sizes, 'bytes:' .. number, 'first:' .. number)
  end
  if removed == 0 then return end
  redis.call('HSET', sizes, 'total', string.format('%.0f', total))
  if removed == #numbers then redis.call('XTRIM', stream, 'MAXLEN', 0)
  else redis.call('XTRIM', stream, 'MINID', first[numbers[removed + 1]]) end
end

if slice > newest then removeWhile(function(number) return (number + 1) * width + retention <= now end) end
if total + size > most and ARGV[7] == '1' then removeWhile(function() return total + size > most end) end
if total + size > most then return -1 end

local id = redis.call('XADD', stream, '0-*', 'b', body)
local name = string.format('%.0f', slice)
redis.call('HINCRBY', sizes, 'total', size)
redis.call('HINCRBY', sizes, 'bytes:' .. name, size)
redis.call('HSETNX', sizes, 'first:' .. name, id)
redis.call('HSET', sizes, 'newest', name)
redis.call('SET', mark, '1', 'PX', window)
return 1
`);

/** Returns the last id that the stream gave, and the first that it keeps, if it keeps any. Key: the stream. */
export const BOUNDS = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return { '0-0' } end
local info, last, first = redis.call('XINFO', 'STREAM', KEYS[1]), nil, nil
for at = 1, #info, 2 do
  if info[at] == 'last-generated-id' then last = info[at + 1] end
  if info[at] == 'first-entry' and info[at + 1] then first = info[at + 1][1] end
end
return { last, first }
`);

/**
 * Writes a record, or removes it without a text, if it has this revision still. Returns the new revision, or 0. Keys: the
 * hash of records; the counter of revisions. Arguments: the key, the revision, the text.
 */
export const WRITE_RECORD = script(`
local kept = redis.call('HGET', KEYS[1], ARGV[1])
local revision = kept and string.match(kept, '^%d+') or '0'
if revision ~= ARGV[2] then return 0 end
local new = redis.call('INCR', KEYS[2])
if ARGV[3] then redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', new) .. ' ' .. ARGV[3])
else redis.call('HDEL', KEYS[1], ARGV[1]) end
return new
`);

/** Returns all records whose key begins so, as key, value, key, value. Key: the hash. Argument: the beginning. */
export const LIST_RECORDS = script(`
local found = {}
for _, key in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(key, 1, #ARGV[1]) == ARGV[1] then
    found[#found + 1] = key
    found[#found + 1] = redis.call('HGET', KEYS[1], key)
  end
end
return found
`);
