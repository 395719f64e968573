// Distinct buyers press "buy" on one product at once; then everybody presses again, after the sell-out.
// Prints what was reached, reads back what was sold, and exits with 1 where a unit was sold twice or too many were.
import autocannon from 'autocannon';

const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const api = process.env.API ?? 'http://127.0.0.1:3000';
const management = process.env.MANAGEMENT ?? 'http://127.0.0.1:9090';
const buyers = number('BUYERS', 2000);
const stock = number('STOCK', 1000);
const connections = number('CONNECTIONS', 64);
const password = 'correct horse battery';

async function call(method, path, { cookie, body, headers } = {}) {
  const response = await fetch(api + path, {
    method,
    headers: {
      ...(cookie ? { Cookie: `sessionId=${cookie}` } : {}),
      ...(body ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  const set = response.headers.get('set-cookie');
  const text = await response.text();
  return {
    status: response.status,
    cookie: set ? /sessionId=([^;]*)/.exec(set)[1] : cookie,
    body: text ? JSON.parse(text) : undefined,
  };
}

async function signIn(email, secret) {
  const login = await call('POST', '/api/v1/auth/login', { body: { email, password: secret } });
  if (login.status !== 200) throw new Error(`login: ${login.status} ${JSON.stringify(login.body)}`);
  const mails = await (await fetch(`${management}/dev/mailbox?to=${encodeURIComponent(email)}`)).json();
  const verified = await call('POST', '/api/v1/auth/verify-otp', { cookie: login.cookie, body: { code: mails[0].code } });
  if (verified.status !== 200) throw new Error(`code: ${verified.status}`);
  return verified.cookie;
}

async function buyer(run, index) {
  const email = `buyer-${run}-${index}@example.com`;
  const registered = await call('POST', '/api/v1/auth/register', { body: { email, password } });
  if (registered.status !== 201) throw new Error(`register: ${registered.status} ${JSON.stringify(registered.body)}`);
  return signIn(email, password);
}

async function inParallel(count, width, step) {
  const results = new Array(count);
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    for (let i = next++; i < count; i = next++) results[i] = await step(i);
  }));
  return results;
}

/** One press of each cookie, in order, over a fixed number of connections. */
function press(name, product, cookies, key) {
  const statuses = {};
  let next = 0;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const run = autocannon({
      url: api,
      connections,
      amount: cookies.length,
      timeout: 30,
      requests: [{
        method: 'POST',
        path: `/api/v1/user/buy/${product}`,
        setupRequest: (request) => {
          const cookie = cookies[next++ % cookies.length];
          return { ...request, headers: { ...request.headers, Cookie: `sessionId=${cookie}`, 'Idempotency-Key': key } };
        },
        onResponse: (status) => { statuses[status] = (statuses[status] ?? 0) + 1; },
      }],
    }, (error, result) => {
      if (error) return reject(error);
      const seconds = (performance.now() - started) / 1000;
      console.log(`${name.padEnd(22)} ${Math.round(cookies.length / seconds).toString().padStart(7)}/s  `
        + `p50 ${result.latency.p50} ms  p99 ${result.latency.p99} ms  `
        + `answers ${JSON.stringify(statuses)}  errors ${result.errors}`);
      resolve(statuses);
    });
    run.on('error', reject);
  });
}

const run = Date.now().toString(36);
const admin = await signIn(process.env.ADMIN_EMAIL ?? 'admin@example.com', process.env.ADMIN_PASSWORD ?? password);
console.log(`${buyers} buyers sign in, ${stock} units, ${connections} connections`);
const cookies = await inParallel(buyers, 16, (i) => buyer(run, i));
const created = await call('POST', '/api/v1/product/create-product', {
  cookie: admin,
  body: { name: `Rush ${run}`, price: 4999, currency: 'USD', stock },
});
if (created.status !== 201) throw new Error(`product: ${created.status} ${JSON.stringify(created.body)}`);
const product = created.body.id;

const first = await press('rush', product, cookies, 'rush');
await press('everybody again', product, cookies, 'rush');
await press('sold out, new key', product, cookies.slice().reverse(), 'late');

const orders = (await inParallel(buyers, 16, (i) => call('GET', '/api/v1/user/orders', { cookie: cookies[i] })))
  .flatMap((answer) => answer.body.items).filter((order) => order.productId === product);
const units = orders.flatMap((order) => order.units);
const left = (await call('GET', `/api/v1/product/${product}`)).body.remaining;
const wrong = [];
if (new Set(units).size !== units.length) wrong.push('a unit was sold twice');
if (units.length > stock) wrong.push(`${units.length} sold of ${stock}`);
if (units.length + left !== stock) wrong.push(`${units.length} sold and ${left} left of ${stock}`);
if ((first[201] ?? 0) > orders.length) wrong.push(`${first[201]} acknowledged, ${orders.length} orders`);
console.log(`${orders.length} orders, ${left} left: ${wrong.length ? wrong.join('; ') : 'each unit once, nothing lost'}`);
process.exit(wrong.length ? 1 : 0);
