--[[
Ends a session, and remembers that for as long as the session could have lived.

KEYS  1 session
ARGV  1 how long that is remembered, in milliseconds

Returns 1.
--]]
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'revoked', '1')
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
