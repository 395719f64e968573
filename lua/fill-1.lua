--[[
Keeps a product in the cache, unless a newer version of it is there: a read of MongoDB that an edit has overtaken must
not bring the old version back. The same version again renews its time to live.

KEYS  1 cache entry
ARGV  1 version  2 entry, which begins with its version and a space  3 how long it lives, in milliseconds

Returns 1, or 0 where a newer version is there.
--]]
local entry = redis.call('GET', KEYS[1])
local version = entry and tonumber(string.match(entry, '^(%d+) '))
if version and version > tonumber(ARGV[1]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
