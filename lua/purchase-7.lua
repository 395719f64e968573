--[[
Reserves units for one purchase and records the order atomically.

KEYS  1 sale  2 stock  3 free  4 holder  5 orders (outbox)  6 user  7 idempotency
ARGV  1 identity of this server, as read by the caller on its connection
      2 order id
      3 user id
      4 product id
      5 quantity
      6 time to live of the answer, in seconds
      7 maximum number of orders in the outbox
      8 '1' for a stock hold, which ignores opening times, pauses and limits
      9 channel of the stock events
      10 hash of the idempotency key

Returns a list, first the code:
  RESERVED      order                     units reserved; the order is in the outbox
  REPLAYED      order, in outbox 0 or 1   this key already has an order
  UNCERTIFIED                             the data is not certified; the sale must be recovered first
  KEY_REUSED                              this key is bound to another quantity
  LIMIT_REACHED epoch, latest order or '' the buyer would exceed the purchase limit
  GONE                                    the product was deleted
  NOT_OPEN      epoch, opensAt, closesAt  not open yet, closed or paused; times in milliseconds or ''
  SOLD_OUT      epoch                     no units are left
  INSUFFICIENT  epoch, remaining          fewer units are left than requested
  OUTBOX_FULL                             too many orders wait for MongoDB

Only RESERVED writes (and UNCERTIFIED, if the data is inconsistent): a refusal neither binds the key nor costs a write.
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering', 'epoch', 'highest', 'issued', 'limit',
  'deleted', 'paused', 'opensAt', 'closesAt', 'price', 'currency')
local epoch, isStockHold, quantity = sale[3], ARGV[8] == '1', tonumber(ARGV[5])
if sale[1] ~= ARGV[1] or sale[2] then
  return {'UNCERTIFIED'}
end

-- The replay check comes first: the retry of a successful purchase must succeed even after the sale has ended.
local answer = redis.call('GET', KEYS[7])
if answer then
  local answerEpoch, fingerprint, order = string.match(answer, '^(%d+):(%d+):(.*)$')
  if answerEpoch == epoch then
    if tonumber(fingerprint) ~= quantity then
      return {'KEY_REUSED'}
    end
    return {'REPLAYED', order, redis.call('HEXISTS', KEYS[5], ARGV[2])}
  end
end

local usedSlots, limit = {}, tonumber(sale[6])
local limited = limit > 0 and not isStockHold
if limited then
  local held, latest, latestAt = 0, '', -1
  local entries = redis.call('HGETALL', KEYS[6])
  for i = 1, #entries, 2 do
    local slotEpoch, at, orderId = string.match(entries[i + 1], '^(%d+):(%d+):(.*)$')
    if slotEpoch == epoch then
      held = held + 1
      usedSlots[tonumber(entries[i])] = true
      if tonumber(at) > latestAt then
        latest, latestAt = orderId, tonumber(at)
      end
    end
  end
  if held + quantity > limit then
    return {'LIMIT_REACHED', epoch, latest}
  end
end

if sale[7] == '1' then
  return {'GONE'}
end

local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
if not isStockHold then
  local opensAt, closesAt = sale[9] or '', sale[10] or ''
  if sale[8] == '1' or (opensAt ~= '' and now < tonumber(opensAt)) or (closesAt ~= '' and now >= tonumber(closesAt)) then
    return {'NOT_OPEN', epoch, opensAt, closesAt}
  end
end

local stock = tonumber(redis.call('GET', KEYS[2]))
if not stock then
  redis.call('HDEL', KEYS[1], 'certifiedBy')
  return {'UNCERTIFIED'}
end
if stock <= 0 then
  return {'SOLD_OUT', epoch}
end
if stock < quantity then
  return {'INSUFFICIENT', epoch, tostring(stock)}
end
if redis.call('HLEN', KEYS[5]) >= tonumber(ARGV[7]) then
  return {'OUTBOX_FULL'}
end

local unitCount, highWaterMark = tonumber(sale[4]), tonumber(sale[5])
local returned = redis.call('SCARD', KEYS[3])
if returned + unitCount - highWaterMark < quantity then
  -- The counter exceeds the available units. Whatever the cause, nothing may be sold on that basis.
  redis.call('HDEL', KEYS[1], 'certifiedBy')
  return {'UNCERTIFIED'}
end

local units, holders = {}, {}
if returned > 0 then
  units = redis.call('SPOP', KEYS[3], quantity)
end
while #units < quantity do
  highWaterMark = highWaterMark + 1
  units[#units + 1] = tostring(highWaterMark)
end
for i = 1, quantity do
  holders[2 * i - 1], holders[2 * i] = units[i], ARGV[2]
end
redis.call('HSET', KEYS[4], unpack(holders))
redis.call('HSET', KEYS[1], 'issued', string.format('%d', highWaterMark))
local left = redis.call('DECRBY', KEYS[2], quantity)

local slots = {}
if limited then
  local entries, slot = {}, 0
  while #slots < quantity do
    slot = slot + 1
    if not usedSlots[slot] then
      slots[#slots + 1] = slot
      entries[#entries + 1] = slot
      entries[#entries + 1] = string.format('%s:%.0f:%s', epoch, now, ARGV[2])
    end
  end
  redis.call('HSET', KEYS[6], unpack(entries))
end

-- The time in microseconds distinguishes this reservation from any other of the same request.
-- Formatted without cjson: the names are fixed, no value needs escaping, and this is the hottest line of the system.
local order = string.format(
  '{"id":"%s","productId":"%s","userId":"%s","keyHash":"%s","quantity":%d,"unitPrice":%s,"currency":"%s",'
    .. '"units":[%s],"slots":[%s],"epoch":%s,"reservedAtMicros":%.0f}',
  ARGV[2], ARGV[4], ARGV[3], ARGV[10], quantity, sale[11], sale[12],
  table.concat(units, ','), table.concat(slots, ','), epoch, micros)
redis.call('SET', KEYS[7], epoch .. ':' .. ARGV[5] .. ':' .. order, 'EX', ARGV[6])
redis.call('HSET', KEYS[5], ARGV[2], order)

if left == 0 then
  local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
  redis.call('HSET', KEYS[1], 'told', '0')
  redis.call('PUBLISH', ARGV[9], string.format(
    '{"type":"product:soldout","productId":"%s","seq":%.0f}', ARGV[4], tonumber(epoch) * 1e9 + seq))
end
return {'RESERVED', order}
