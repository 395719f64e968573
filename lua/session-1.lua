--[[
Reads a session and renews its idle timeout.

KEYS  1 session
ARGV  1 idle timeout in milliseconds  2 minimum time since the last renewal before the next one, in milliseconds

Returns a list, first the code:
  FOUND    touched 1 or 0, user id, e-mail, role, verified, createdAt, expiresAt, generation
  REVOKED  the session was revoked, even if MongoDB does not have that yet
  MISSING  the session is not in Redis; it may be in MongoDB
--]]
local session = redis.call('HMGET', KEYS[1], 'revoked', 'userId', 'email', 'role', 'verified', 'createdAt', 'expiresAt',
  'generation')
if session[1] then
  return {'REVOKED'}
end
if not session[2] then
  return {'MISSING'}
end
local touched = 0
if session[5] == '1' and tonumber(ARGV[1]) - redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  touched = 1
end
return {'FOUND', touched, session[2], session[3], session[4], session[5], session[6], session[7], session[8]}
