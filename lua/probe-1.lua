--[[
Writes a key, as the scripts of a sale do: a server that is full, read-only or cut off answers a ping, and fails here.

KEYS  1 probe
ARGV  1 how long it is to last, in milliseconds

Returns 1.
--]]
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
