--[[
Returns a snapshot of a sale for a new subscriber.

KEYS  1 sale  2 stock

Returns a list: number of the latest event, units left, and '1' if the product was deleted; empty if there is no such
sale.
--]]
local sale = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'deleted')
local stock = redis.call('GET', KEYS[2])
if not sale[1] or not stock then
  return {}
end
return {string.format('%.0f', tonumber(sale[1]) * 1e9 + tonumber(sale[2] or '0')), stock, sale[3] or '0'}
