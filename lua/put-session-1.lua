--[[
Caches a session unless it was revoked: a read from MongoDB that was overtaken by a logout must not restore it.

KEYS  1 session
ARGV  1 time to live, in milliseconds  2 and following: fields and values

Returns 1, or 0 if the session was revoked.
--]]
if redis.call('HEXISTS', KEYS[1], 'revoked') == 1 then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
