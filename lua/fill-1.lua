--[[
Caches a product unless a newer version is cached: a read from MongoDB that was overtaken by an edit must not restore
the old version. The same version renews its time to live.

KEYS  1 cache entry
ARGV  1 version  2 entry, which begins with its version and a space  3 time to live, in milliseconds

Returns 1, or 0 if a newer version is cached.
--]]
local entry = redis.call('GET', KEYS[1])
local version = entry and tonumber(string.match(entry, '^(%d+) '))
if version and version > tonumber(ARGV[1]) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
