--[[
Closes a sale for its recovery under a new epoch. From then on only the recovery with this token may write.

KEYS  1 sale  2 orders (outbox)
ARGV  1 new epoch, as raised in MongoDB  2 token

Returns a list, first the code:
  BEGUN       number of orders in the outbox
  SUPERSEDED  epoch: a later recovery has begun, or MongoDB was restored to an earlier state
--]]
local epoch = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0')
if epoch >= tonumber(ARGV[1]) then
  return {'SUPERSEDED', string.format('%d', epoch)}
end
-- seq restarts here and not at the end of the recovery: published numbers are epoch * 10^9 + seq and must not decrease
-- within one epoch.
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'recovering', ARGV[2], 'seq', '0')
redis.call('HDEL', KEYS[1], 'certifiedBy')
return {'BEGUN', redis.call('HLEN', KEYS[2])}
