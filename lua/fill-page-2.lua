--[[
Keeps a page of the product list, unless the list was changed since its generation was read: what was read from MongoDB
before a product was added or deleted must not stay.

KEYS  1 pages, hash  2 generation
ARGV  1 generation as read before MongoDB was asked, '' for none  2 name of the page  3 page
      4 how long all pages live from the first one on, in milliseconds  5 how many pages there may be

Returns 1, or 0 where the list was changed.
--]]
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then
  return 0
end
-- Clients name the pages. Whoever invents many of them empties the hash instead of filling the memory.
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then
  redis.call('UNLINK', KEYS[1])
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1
