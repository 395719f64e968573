--[[
Writes a key for the health check, as the scripts of a sale do. A server that is full, read-only or cut off answers a
ping but fails here.

KEYS  1 probe
ARGV  1 time to live, in milliseconds

Returns 1.
--]]
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
