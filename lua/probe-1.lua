--[[
Writes a key for the health check. A server that is full or read-only answers a ping but fails here, as it would in the
scripts of a sale.

KEYS  1 probe
ARGV  1 time to live, in milliseconds

Returns 1.
--]]
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
