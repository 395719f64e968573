--[[
Keeps a session in Redis, unless it was ended: a read of MongoDB that a logout has overtaken must not bring it back.

KEYS  1 session
ARGV  1 how long it lives, in milliseconds  2 and on: fields and values

Returns 1, or 0 where the session was ended.
--]]
if redis.call('HEXISTS', KEYS[1], 'revoked') == 1 then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
