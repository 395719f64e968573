--[[
Takes orders out of the outbox that MongoDB holds, and tells the world what changed, at most ten times a second.

KEYS  1 orders (outbox)  2 sale  3 stock
ARGV  1 channel of the stock events  2 product id  3 the caller's time, ISO 8601
      4 '1' to tell also where nothing was settled: the stock changed in another way
      then for each order: its id, its units joined with commas, epoch and time in microseconds of its reservation, and its
      quantity

Returns a list: the number of entries taken out, and in how many milliseconds the rest is to be told (by a call without
orders), or 0 where nothing is left to tell.

An entry leaves only if it is the same reservation: a later one under the same order id is another. Needs no
certification, since what it is told stays true of any copy of the data; and whoever listens to a copy that was replaced
can tell by the epoch, which is the greater part of seq. Of a sale that is being recovered nothing is told until its
counter is true again. What was told last stays beside the counter, so that a pass of the reconciler finds what nobody
told. Of a deleted product it is told once more, with "deleted": that is for the nodes, which end its streams.
--]]
local settled, sold = 0, 0
for i = 5, #ARGV, 5 do
  local order = redis.call('HGET', KEYS[1], ARGV[i])
  if order
    and string.find(order, '"units":[' .. ARGV[i + 1] .. ']', 1, true)
    and string.find(order, '"epoch":' .. ARGV[i + 2] .. ',"reservedAtMicros":' .. ARGV[i + 3] .. '}', 1, true) then
    settled = settled + redis.call('HDEL', KEYS[1], ARGV[i])
    sold = sold + tonumber(ARGV[i + 4])
  end
end
local sale = redis.call('HMGET', KEYS[2], 'epoch', 'toldAt', 'untold', 'recovering', 'deleted')
local untold = tonumber(sale[3] or '0') + sold
if not sale[1] or not (settled > 0 or sale[3] or ARGV[4] == '1') then
  return {settled, 0}
end
local left = redis.call('GET', KEYS[3])
if sale[4] or not left then
  redis.call('HSET', KEYS[2], 'untold', string.format('%d', untold))
  return {settled, 0}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait = tonumber(sale[2] or '0') + 100 - now
-- A clock that went back at a fail-over must not silence the sale. The end of a deleted one does not wait: its keys may be
-- gone by then.
if wait > 0 and wait <= 100 and sale[5] ~= '1' then
  redis.call('HSET', KEYS[2], 'untold', string.format('%d', untold))
  return {settled, wait}
end
local function tell(type, rest)
  local seq = redis.call('HINCRBY', KEYS[2], 'seq', 1)
  redis.call('PUBLISH', ARGV[1], string.format('{"type":"%s","productId":"%s",%s,"seq":%.0f}', type, ARGV[2], rest,
    tonumber(sale[1]) * 1e9 + seq))
end
if untold > 0 then
  tell('purchase:completed', string.format('"quantity":%d,"at":"%s"', untold, ARGV[3]))
end
tell('stock:updated', '"remaining":' .. left .. (sale[5] == '1' and ',"deleted":true' or ''))
redis.call('HSET', KEYS[2], 'toldAt', string.format('%.0f', now), 'told', left)
redis.call('HDEL', KEYS[2], 'untold')
return {settled, 0}
