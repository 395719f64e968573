--[[
What a sale says of itself to whoever begins to listen.

KEYS  1 sale  2 stock

Returns a list: seq of the latest event, the units left, and '1' where the product was deleted; empty where there is no
such sale here.
--]]
local sale = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'deleted')
local stock = redis.call('GET', KEYS[2])
if not sale[1] or not stock then
  return {}
end
return {string.format('%.0f', tonumber(sale[1]) * 1e9 + tonumber(sale[2] or '0')), stock, sale[3] or '0'}
