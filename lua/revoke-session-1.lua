--[[
Revokes a session and keeps a marker for as long as the session could have lived.

KEYS  1 session
ARGV  1 time to live of the marker, in milliseconds

Returns 1.
--]]
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'revoked', '1')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
