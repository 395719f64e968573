--[[
Removes persisted orders from the outbox and publishes stock events, at most ten times a second per sale.

KEYS  1 orders (outbox)  2 sale  3 stock
ARGV  1 channel of the stock events  2 product id  3 the caller's time, ISO 8601
      4 '1' to publish even if no entry was removed, because the stock changed in another way
      then for each order: its id, its units joined with commas, epoch and time of its reservation in microseconds, and
      the quantity to publish as sold

Returns a list: the number of removed entries, and the delay in milliseconds until a throttled event is due (by a call
without orders), or 0 if none is pending.

An entry is removed only if it is the same reservation; a later one under the same order id is not. No certification is
required, because a persisted order may leave the outbox of any copy of the data. Subscribers detect events of a
replaced copy by the epoch, since an event's number is epoch * 10^9 + seq. Nothing is published for a sale that is being
recovered until its counter is correct again. The last published stock is stored (field "told"), so that a pass of the
reconciler detects a missing event. For a deleted product one more event with "deleted" is published: nodes end its
streams on it.
--]]
local removed, sold = 0, 0
for i = 5, #ARGV, 5 do
  local order = redis.call('HGET', KEYS[1], ARGV[i])
  if order
    and string.find(order, '"units":[' .. ARGV[i + 1] .. ']', 1, true)
    and string.find(order, '"epoch":' .. ARGV[i + 2] .. ',"reservedAtMicros":' .. ARGV[i + 3] .. '}', 1, true) then
    removed = removed + redis.call('HDEL', KEYS[1], ARGV[i])
    sold = sold + tonumber(ARGV[i + 4])
  end
end
local sale = redis.call('HMGET', KEYS[2], 'epoch', 'toldAt', 'untold', 'recovering', 'deleted')
local unpublished = tonumber(sale[3] or '0') + sold
if not sale[1] or not (removed > 0 or sale[3] or ARGV[4] == '1') then
  return {removed, 0}
end
local left = redis.call('GET', KEYS[3])
if sale[4] or not left then
  redis.call('HSET', KEYS[2], 'untold', string.format('%d', unpublished))
  return {removed, 0}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local delay = tonumber(sale[2] or '0') + 100 - now
-- A clock that went back at a fail-over must not silence the sale. The event of a deleted sale is not throttled,
-- because its keys may be removed before it is due.
if delay > 0 and delay <= 100 and sale[5] ~= '1' then
  redis.call('HSET', KEYS[2], 'untold', string.format('%d', unpublished))
  return {removed, delay}
end
local function publish(type, fields)
  local seq = redis.call('HINCRBY', KEYS[2], 'seq', 1)
  redis.call('PUBLISH', ARGV[1], string.format('{"type":"%s","productId":"%s",%s,"seq":%.0f}', type, ARGV[2], fields,
    tonumber(sale[1]) * 1e9 + seq))
end
if unpublished > 0 then
  publish('purchase:completed', string.format('"quantity":%d,"at":"%s"', unpublished, ARGV[3]))
end
publish('stock:updated', '"remaining":' .. left .. (sale[5] == '1' and ',"deleted":true' or ''))
redis.call('HSET', KEYS[2], 'toldAt', string.format('%.0f', now), 'told', left)
redis.call('HDEL', KEYS[2], 'untold')
return {removed, 0}
