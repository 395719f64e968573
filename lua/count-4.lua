--[[
Counts a sale as it stands at one instant, beside buyers who go on buying.

KEYS  1 sale  2 stock  3 free  4 orders (outbox)

Returns a list: highest and issued unit, the counter (all three '' where there is none), units that were given back and
wait to be sold again, orders in the outbox.
--]]
local sale = redis.call('HMGET', KEYS[1], 'highest', 'issued')
return {sale[1] or '', sale[2] or '', redis.call('GET', KEYS[2]) or '', redis.call('SCARD', KEYS[3]),
  redis.call('HLEN', KEYS[4])}
