--[[
Ends a recovery: sets the stock counter from the restored data, certifies the data and opens the sale again.

KEYS  1 sale  2 stock  3 free  4 orders (outbox)
ARGV  1 epoch  2 token  3 identity of this server, read on the connection that carried the whole recovery
      4 high-water mark: the highest unit number in MongoDB
      5 version  6 unit count  7 limit  8 price  9 currency
      10 opensAt and 11 closesAt in milliseconds or ''  12 paused '1' or '0'  13 deleted '1' or '0'

Returns 1, or 0 if another recovery has taken over.
--]]
local sale = redis.call('HMGET', KEYS[1], 'epoch', 'recovering')
if sale[1] ~= ARGV[1] or sale[2] ~= ARGV[2] then
  return 0
end
local stock = redis.call('SCARD', KEYS[3]) + tonumber(ARGV[6]) - tonumber(ARGV[4])
redis.call('SET', KEYS[2], string.format('%d', stock))
redis.call('UNLINK', KEYS[4])
redis.call('HSET', KEYS[1], 'issued', ARGV[4], 'version', ARGV[5], 'highest', ARGV[6], 'limit', ARGV[7],
  'price', ARGV[8], 'currency', ARGV[9], 'opensAt', ARGV[10], 'closesAt', ARGV[11], 'paused', ARGV[12],
  'deleted', ARGV[13], 'certifiedBy', ARGV[3])
-- Fencing tokens of passes may have been lost too, so they restart under the new epoch. The last published stock
-- belongs to another copy of the data.
redis.call('HDEL', KEYS[1], 'recovering', 'pass', 'told')
return 1
