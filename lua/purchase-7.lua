--[[
Decides one purchase and records it in the same step.

KEYS  1 sale  2 stock  3 free  4 holder  5 orders (outbox)  6 user  7 idempotency
ARGV  1 identity of this server, as the caller read it on its connection
      2 order id
      3 user id
      4 product id
      5 quantity
      6 how long the answer is kept, in seconds
      7 how many orders the outbox may hold
      8 '1' for an order by the house, which no window, pause or limit concerns
      9 channel of the stock events
      10 hash of the idempotency key

Returns a list, first the code:
  RESERVED      order                     taken; the order is in the outbox
  REPLAYED      order, in outbox 0 or 1   this key has its order already
  UNCERTIFIED                             this data is not vouched for: recover the sale first
  KEY_REUSED                              this key is bound to another quantity
  LIMIT_REACHED epoch, latest order or '' the buyer would hold more units than the limit
  GONE                                    the product was deleted
  NOT_OPEN      epoch, opensAt, closesAt  outside its window, or paused; milliseconds or ''
  SOLD_OUT      epoch                     nothing left
  INSUFFICIENT  epoch, remaining          fewer left than asked for
  OUTBOX_FULL                             MongoDB is too far behind

Only RESERVED writes (and UNCERTIFIED, where the data contradicts itself): refusals bind no key and cost no write.
--]]
local sale = redis.call('HMGET', KEYS[1], 'certifiedBy', 'recovering', 'epoch', 'highest', 'issued', 'limit',
  'deleted', 'paused', 'opensAt', 'closesAt', 'price', 'currency')
local epoch, house, quantity = sale[3], ARGV[8] == '1', tonumber(ARGV[5])
if sale[1] ~= ARGV[1] or sale[2] then
  return {'UNCERTIFIED'}
end

-- Replay comes first: a winner's retry must win, also after the sale is over.
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

local taken, limit = {}, tonumber(sale[6])
local limited = limit > 0 and not house
if limited then
  local held, latest, latestAt = 0, '', -1
  local entries = redis.call('HGETALL', KEYS[6])
  for i = 1, #entries, 2 do
    local slotEpoch, at, orderId = string.match(entries[i + 1], '^(%d+):(%d+):(.*)$')
    if slotEpoch == epoch then
      held = held + 1
      taken[tonumber(entries[i])] = true
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
if not house then
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

local highest, issued = tonumber(sale[4]), tonumber(sale[5])
local returned = redis.call('SCARD', KEYS[3])
if returned + highest - issued < quantity then
  -- A counter over an empty set: whatever it came from, nothing may be sold on its word.
  redis.call('HDEL', KEYS[1], 'certifiedBy')
  return {'UNCERTIFIED'}
end

local units, holders = {}, {}
if returned > 0 then
  units = redis.call('SPOP', KEYS[3], quantity)
end
while #units < quantity do
  issued = issued + 1
  units[#units + 1] = tostring(issued)
end
for i = 1, quantity do
  holders[2 * i - 1], holders[2 * i] = units[i], ARGV[2]
end
redis.call('HSET', KEYS[4], unpack(holders))
redis.call('HSET', KEYS[1], 'issued', string.format('%d', issued))
local left = redis.call('DECRBY', KEYS[2], quantity)

local slots = {}
if limited then
  local mine, slot = {}, 0
  while #slots < quantity do
    slot = slot + 1
    if not taken[slot] then
      slots[#slots + 1] = slot
      mine[#mine + 1] = slot
      mine[#mine + 1] = string.format('%s:%.0f:%s', epoch, now, ARGV[2])
    end
  end
  redis.call('HSET', KEYS[6], unpack(mine))
end

-- In microseconds, which tell this reservation from every other one of the same request.
-- By hand: the names are fixed and no value needs escaping, and this is the hottest line of the system.
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
