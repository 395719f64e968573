--[[
Takes orders out of the outbox that MongoDB holds.

KEYS  1 orders (outbox)
ARGV  pairs: order id, its units joined with commas

Returns the number of entries taken out.

An entry leaves only if it is about the same units: a later reservation under the same order id is another one. Needs no
certification, since what it is told stays true of any copy of the data.
--]]
local settled = 0
for i = 1, #ARGV, 2 do
  local order = redis.call('HGET', KEYS[1], ARGV[i])
  if order and string.find(order, '"units":[' .. ARGV[i + 1] .. ']', 1, true) then
    settled = settled + redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
return settled
