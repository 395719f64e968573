--[[
Compares and uses up a one-time code in one step, so that many tries at once are still counted one by one.

KEYS  1 code
ARGV  1 digest of what was entered

Returns a list, first the code:
  RIGHT    and it is void from now on
  WRONG    tries left; at none it is void
  MISSING  there is none: never sent, expired, used, or replaced
--]]
local digest = redis.call('HGET', KEYS[1], 'digest')
if not digest then
  return {'MISSING'}
end
if digest == ARGV[1] then
  redis.call('DEL', KEYS[1])
  return {'RIGHT'}
end
local tries = redis.call('HINCRBY', KEYS[1], 'tries', -1)
if tries <= 0 then
  redis.call('DEL', KEYS[1])
end
return {'WRONG', tries}
