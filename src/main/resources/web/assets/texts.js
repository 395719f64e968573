/** Contains every text of both pages. A text with variable parts is a function of them. */

const plural = (count, one, more) => `${count} ${count === 1 ? one : more}`;

const problems = {
  'wrong-credentials': 'No account has this e-mail address and password.',
  'otp-invalid': 'This code is wrong, expired or already used. Request a new one.',
  'not-authenticated': 'Your session has ended. Sign in again.',
  'otp-required': 'First enter the code that we sent you.',
  forbidden: 'Your account does not have permission to do this.',
  'not-found': 'This does not exist, or was deleted.',
  'version-conflict': 'Somebody else has changed this. The form now shows their version: check it and save again.',
  'order-not-cancellable': 'This order can no longer be cancelled.',
  'sale-not-paused': 'The limit per buyer can be changed only while the sale is paused and all orders are saved.',
  overloaded: 'The shop is very busy right now. Try again in a moment.',
  unavailable: 'The shop is temporarily unavailable. Try again in a moment.',
  internal: 'Something went wrong on our side.',
};

const unreachable = 'The shop cannot be reached. Check your connection.';

function problem(failure) {
  if (failure.status === undefined) {
    return unreachable;
  }
  if (failure.status === 429) {
    const seconds = Math.ceil((failure.retryAfterMillis ?? 1000) / 1000);
    return `Too many attempts. Try again in ${plural(seconds, 'second', 'seconds')}.`;
  }
  const reference = failure.status >= 500 && failure.body.requestId ? ` (reference ${failure.body.requestId})` : '';
  return (problems[failure.code] ?? failure.message) + reference;
}

const states = {scheduled: 'Opens soon', open: 'On sale now', paused: 'Paused', 'sold-out': 'Sold out', closed: 'Ended'};

export const texts = {
  shop: 'Flash Sale',
  skip: 'Skip to content',
  nav: 'Main',
  close: 'Close',
  again: 'Try again',
  loading: 'Loading …',
  toSale: 'All products',
  signOut: 'Sign out',
  foot: 'Stock is shown live. A confirmed order is guaranteed.',
  unreachable,
  problem,
  fieldError: (label, message) => `${label} ${message}`,
  states,

  announcements: {
    scheduled: name => `${name} opens later.`,
    open: name => `${name} is on sale now.`,
    paused: name => `The sale of ${name} is paused.`,
    'sold-out': name => `${name} is sold out.`,
    closed: name => `The sale of ${name} has ended.`,
    left: count => `${count} left.`,
  },

  stock: {
    unknown: 'Checking the stock …',
    of: stock => `of ${stock} left`,
  },

  countdown: {opensIn: 'Opens in', endsIn: 'Ends in', days: 'days', hours: 'hrs', minutes: 'min', seconds: 'sec'},

  home: {
    title: 'On sale',
    more: 'More in this sale',
    next: 'Show more',
    emptyTitle: 'Nothing on sale yet',
    empty: 'Come back soon. New products appear here automatically.',
    error: unreachable,
    opens: when => `Opens ${when}`,
    callToAction: {
      open: 'Get yours', scheduled: 'Get ready', paused: 'View', 'sold-out': 'View', closed: 'View',
    },
  },

  product: {
    title: 'Product',
    goneTitle: 'Not on sale',
    gone: 'This product does not exist, or is no longer on sale.',
    buying: 'Buy',
    limit: limit => limit === 1 ? 'one per buyer' : `up to ${limit} per buyer`,
    quantity: 'Quantity',
    quantityNow: quantity => `Quantity: ${quantity}`,
    less: 'Decrease quantity',
    more: 'Increase quantity',
    buy: (quantity, total) => quantity === 1 ? `Buy for ${total}` : `Buy ${quantity} for ${total}`,
    button: {scheduled: 'Not open yet', paused: 'Paused', 'sold-out': 'Sold out', closed: 'Sale ended'},
    hint: {
      scheduled: when => `Opens ${when}. This page updates automatically: no need to reload.`,
      paused: 'The sale is paused. This page updates automatically when it resumes.',
      'sold-out': 'If an order is cancelled, its units appear here immediately.',
      closed: 'This sale has ended.',
    },
    ready: 'Sign in now',
    readyNote: 'Sign in before the sale opens, and buying takes one press.',
    signInHint: 'You sign in or sign up first; it takes a minute.',
    signInNote: (quantity, name) => `To buy ${quantity === 1 ? '' : `${quantity} × `}${name}. Your purchase continues right after.`,
  },

  purchase: {
    submitting: {
      title: 'Placing your order …',
      body: quantity => `${plural(quantity, 'unit', 'units')}. Please wait; there is no need to press again.`,
    },
    unknown: {
      title: 'We are checking your order',
      body: 'No clear response came back, so your order may or may not have been placed. We keep trying until it is'
        + ' certain. You cannot buy twice.',
    },
    rateLimited: {
      title: 'Too many attempts',
      body: 'Nothing was ordered yet. We try again automatically after a short wait.',
    },
    overloaded: {
      title: 'The shop is very busy',
      body: 'Nothing was ordered yet. We try again automatically.',
    },
    stale: {
      title: 'You tried to buy this before',
      body: when => `That was on ${when}, and we never got a response. Try again? If that order was placed, you will see`
        + ' it; if not, it is placed now. You cannot buy twice.',
      retry: 'Try again',
      dismiss: 'Dismiss',
    },
    signedOut: {
      title: 'Your session has ended',
      body: 'Sign in again, and your purchase continues.',
    },
    reserved: {
      title: 'Reserved for you',
      body: 'Your units are reserved, and your order is being saved. This page shows when it is confirmed.',
    },
    placed: {
      title: 'Order confirmed',
      units: count => count === 1 ? 'Unit' : 'Units',
      total: (quantity, total) => `${plural(quantity, 'unit', 'units')}, ${total}`,
      more: 'Buy another',
    },
    cancelled: 'This order was cancelled',
    failed: {
      title: 'Your reservation was lost',
      body: 'We could not save your order. Nothing was ordered. You can try again.',
    },
    soldOut: {
      title: 'Sold out',
      body: 'Sorry, it just sold out. If an order is cancelled, its units appear here immediately.',
    },
    insufficient: {
      title: remaining => `Only ${remaining} left`,
      body: 'Nothing was ordered. Choose a smaller quantity and try again.',
    },
    limit: {
      title: 'You\'ve reached the limit for this product',
      body: limit => limit === 1
        ? 'The limit is one per buyer, and you already have an order.'
        : `The limit is ${limit} per buyer; this order would exceed it.`,
      link: 'See your order',
    },
    notOpen: {
      title: 'The sale is not open',
      body: 'It has not opened yet, is paused or has ended. Nothing was ordered.',
    },
    gone: {title: 'No longer on sale', body: 'Nothing was ordered.'},
    refused: {title: 'Your order was not placed'},
    orderNumber: 'Order',
    nextTry: seconds => `Trying again in ${seconds} s`,
    retrying: 'Trying again …',
    retryNow: 'Try now',
  },

  orders: {
    link: 'My orders',
    title: 'My orders',
    one: 'Your order',
    all: 'All my orders',
    none: 'No orders yet.',
    next: 'Show more',
    signIn: 'Sign in to see your orders.',
    unlisted: 'A product that is no longer listed',
    status: {reserved: 'Reserved', placed: 'Confirmed', cancelled: 'Cancelled', failed: 'Lost before it was saved'},
    line: (quantity, total, when) => `${plural(quantity, 'unit', 'units')} · ${total} · ${when}`,
    cancel: 'Cancel',
    cancelThis: name => `Cancel your order of ${name}`,
    cancelTitle: 'Cancel this order?',
    cancelBody: (name, quantity) => `${name}: ${quantity === 1 ? 'the unit goes' : `all ${quantity} units go`} back on sale`
      + ' immediately, and somebody else may buy.',
    keep: 'Keep order',
    cancelYes: 'Cancel order',
    cancelled: name => `Your order of ${name} has been cancelled.`,
  },

  signIn: {
    email: 'E-mail',
    passwordLabel: 'Password',
    passwordRule: 'At least 10 characters.',
    codeLabel: 'Code',
    busy: 'One moment …',
    emailTaken: 'already has an account. Sign in instead.',
    codeSentTo: email => email
      ? `We sent a six-digit code to ${email}. It is valid for five minutes.`
      : 'We sent a six-digit code to your e-mail address. It is valid for five minutes.',
    sentAgain: 'We sent a new code. The old one is no longer valid.',
    passwordSet: 'Your new password is set. Sign in with it now.',
    toRegister: 'New here? Sign up',
    toPassword: 'I already have an account',
    toForgot: 'Forgot your password?',
    toAgain: 'Send a new code',
    toOther: 'Use another account',
    password: {title: 'Sign in', action: 'Sign in'},
    register: {title: 'Sign up', action: 'Sign up'},
    code: {title: 'Enter your code', action: 'Continue'},
    forgot: {
      title: 'Set a new password',
      lead: 'Enter your e-mail address. If it has an account, we send a code to it.',
      action: 'Send code',
    },
    reset: {
      title: 'Set a new password',
      lead: email => `If ${email} has an account, we have sent a code to it.`,
      action: 'Set password',
    },
  },

  admin: {
    area: 'admin',
    title: 'Flash Sale admin',
    shop: 'To the shop',
    more: 'Show more',
    filter: 'Filter',
    missing: 'This server does not offer this page.',
    signIn: 'Sign in with an admin account.',
    forbidden: email => `${email} is not an admin. Sign out and use another account.`,
    links: {overview: 'Overview', products: 'Products', orders: 'Orders', 'dead-letters': 'Dead letters', audit: 'Audit log'},

    overview: {
      title: 'Overview',
      nothing: '–',
      missing: 'This server does not offer live metrics. All other pages work.',
      retries: 'Retrying automatically.',
      tiles: {
        sold: 'Purchases per second', refused: 'Refusals per second', p50: 'Latency (median)',
        p99: 'Latency (p99)', inFlight: 'In flight', outbox: 'Waiting to be saved', deadLetters: 'Dead letters',
        liveClients: 'Live clients',
      },
      store: (name, status, since) => `${{redis: 'Redis', mongodb: 'MongoDB'}[name] ?? name} is ${status}`
        + (since ? ` since ${since}` : ''),
      recovering: count => `${plural(count, 'sale is', 'sales are')} being recovered`,
      charts: {
        sold: 'Purchases per second', soldLine: 'new orders',
        refused: 'Refusals per second, by reason',
        latency: 'Purchase latency',
        remaining: 'Remaining stock',
        outbox: 'Orders waiting to be saved', outboxLine: 'orders',
        hits: 'Cache hit ratio', hitsLine: 'hit ratio',
        none: 'No data yet.',
        soon: 'Waiting for data …',
      },
      outcomes: {
        'sold-out': 'sold out', 'purchase-limit-reached': 'limit reached', 'sale-not-open': 'not open',
        'insufficient-stock': 'not enough stock', overloaded: 'overloaded', unavailable: 'unavailable',
        'idempotency-key-reused': 'key reused', 'not-found': 'unknown product',
      },
      products: 'Sales',
      node: (id, since) => `Node ${id}${since ? `, up since ${since}` : ''}. Counters start at zero when the node starts.`,
    },

    products: {
      title: 'Products',
      create: 'New product',
      none: 'No products yet.',
      columns: {
        name: 'Name', state: 'State', price: 'Price', left: 'Left', limit: 'Per buyer', opens: 'Opens', closes: 'Closes',
        action: 'Sale',
      },
      left: (remaining, stock) => `${remaining} of ${stock}`,
      noLimit: 'no limit',
      always: 'immediately',
      never: 'never',
      open: 'Open',
      pause: 'Pause',
      close: 'Close',
      openThis: name => `Open the sale of ${name}`,
      pauseThis: name => `Pause the sale of ${name}`,
      closeThis: name => `Close the sale of ${name}`,
      done: {
        open: name => `${name} is on sale.`,
        pause: name => `The sale of ${name} is paused.`,
        close: name => `The sale of ${name} is closed.`,
      },
      closeTitle: 'Close this sale?',
      closeBody: name => `${name} goes off sale now. Existing orders stay. You can open the sale again.`,
      keepOpen: 'Keep open',
      closeYes: 'Close sale',
    },

    product: {
      create: 'New product',
      edit: 'Edit a product',
      error: 'This product cannot be edited',
      what: 'Product',
      howMuch: 'Price and stock',
      when: 'Schedule',
      labels: {
        name: 'Name', description: 'Description', type: 'Type', price: 'Price', currency: 'Currency', stock: 'Stock',
        perUserLimit: 'Units per buyer', opensAt: 'Opens', closesAt: 'Closes',
        paused: 'Paused: nothing is sold until you open the sale', cacheTtlSeconds: 'Cache lifetime in seconds',
      },
      hints: {
        type: 'A keyword that groups products, such as limited.',
        price: 'In whole units of the currency, such as 149.00.',
        currency: 'Three letters, such as EUR.',
        stock: 'All units, including sold ones. Cannot be less than the units sold.',
        perUserLimit: '0 means no limit. Can be changed only while the sale is paused.',
        opensAt: 'Your local time. Empty: opens immediately.',
        closesAt: 'Your local time. Empty: never closes.',
        cacheTtlSeconds: '300 to 3600. Empty: the default of the product\'s type.',
      },
      required: 'must not be empty',
      mustBeWhole: 'must be a whole number',
      mustBeAmount: 'must be an amount such as 149.00',
      limitNeedsPause: 'can be changed only while the sale is paused and all orders are saved',
      save: 'Save',
      createYes: 'Create product',
      saving: 'Saving …',
      back: 'All products',
      saved: 'Saved. All buyers see the change now.',
      storedOnly: 'Saved, but part of the shop is not responding: buyers may see and buy the old version for a little longer.',
      created: name => `${name} has been created.`,
      nothing: 'There are no changes to save.',
    },

    orders: {
      title: 'Orders',
      none: 'No matching orders.',
      byProduct: 'Product ID',
      byStatus: 'Status',
      anyStatus: 'Any',
      save: 'Download CSV',
      saving: 'Downloading …',
      notSaved: 'The download failed. Try again.',
      columns: {
        at: 'Reserved at', order: 'Order', product: 'Product', user: 'User', units: 'Units', total: 'Total', status: 'Status',
      },
    },

    deadLetters: {
      title: 'Dead letters',
      lead: 'Orders that the database rejects. Their units stay reserved until you retry or discard the order.',
      none: 'No dead letters.',
      columns: {
        at: 'Dead-lettered at', order: 'Order', product: 'Product', user: 'User', units: 'Units', reason: 'Reason', action: 'Actions',
      },
      tries: count => `after ${plural(count, 'attempt', 'attempts')}`,
      retry: 'Retry',
      discard: 'Discard',
      discardTitle: 'Discard this order?',
      discardBody: id => `The buyer loses order ${id}, and its units go back on sale.`,
      keep: 'Keep order',
      discardYes: 'Discard order',
      placed: id => `${id} has been saved.`,
      refused: (id, reason) => `${id} was rejected again. ${reason}`,
      discarded: id => `${id} has been discarded; its units are back on sale.`,
    },

    audit: {
      title: 'Audit log',
      none: 'No matching entries.',
      columns: {at: 'Time', action: 'Action', actor: 'Actor', subject: 'Subject', outcome: 'Outcome', details: 'Details'},
    },
  },
};
