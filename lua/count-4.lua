--[[
Counts a sale at one instant, while buyers keep buying.

KEYS  1 sale  2 stock  3 free  4 orders (outbox)

Returns a list: unit count, high-water mark and stock counter (each '' if absent), number of returned units that are for
sale again, number of orders in the outbox.
--]]
local sale = redis.call('HMGET', KEYS[1], 'highest', 'issued')
return {sale[1] or '', sale[2] or '', redis.call('GET', KEYS[2]) or '', redis.call('SCARD', KEYS[3]),
  redis.call('HLEN', KEYS[4])}
