/** Every text of both pages. Where one depends on something, it is a function of it. */

const plural = (count, one, more) => `${count} ${count === 1 ? one : more}`;

const problems = {
  'wrong-credentials': 'No account has this e-mail address and password.',
  'otp-invalid': 'That code is wrong, too old or used up. Ask for a new one.',
  'not-authenticated': 'Your session has ended. Sign in again.',
  'otp-required': 'Enter the code that we sent you first.',
  forbidden: 'Your account may not do that.',
  'not-found': 'There is no such thing (any more).',
  'version-conflict': 'Somebody else changed this meanwhile. It was read again; look at it and save once more.',
  'order-not-cancellable': 'This order cannot be cancelled any more.',
  'sale-not-paused': 'The limit for each buyer can only be changed while the sale is paused and nothing waits to be written.',
  overloaded: 'Very many people are here just now. Try again in a moment.',
  unavailable: 'The shop cannot answer that just now. Try again in a moment.',
  internal: 'Something went wrong on our side.',
};

const noAnswer = 'No answer from the shop. Is the network there? Try again.';

function problem(failure) {
  if (failure.status === undefined) {
    return noAnswer;
  }
  if (failure.status === 429) {
    const seconds = Math.ceil((failure.retryAfterMillis ?? 1000) / 1000);
    return `That was too often. Try again in ${plural(seconds, 'second', 'seconds')}.`;
  }
  const reference = failure.status >= 500 && failure.body.requestId ? ` (${failure.body.requestId})` : '';
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
  foot: 'What is left is counted live. Once an order is confirmed, it stands.',
  noAnswer,
  problem,
  fieldError: (label, message) => `${label} ${message}`,
  states,

  news: {
    scheduled: name => `${name} opens later.`,
    open: name => `${name} is on sale now.`,
    paused: name => `The sale of ${name} is paused.`,
    'sold-out': name => `${name} is sold out.`,
    closed: name => `The sale of ${name} has ended.`,
    left: count => `${count} left.`,
  },

  stock: {
    unknown: 'Counting what is left …',
    of: stock => `of ${stock} left`,
  },

  countdown: {opensIn: 'Opens in', endsIn: 'Ends in', days: 'days', hours: 'hrs', minutes: 'min', seconds: 'sec'},

  home: {
    title: 'On sale',
    more: 'More in this sale',
    next: 'Show more',
    emptyTitle: 'Nothing on sale yet',
    empty: 'Come back soon. New products show up here by themselves.',
    trouble: noAnswer,
    opens: when => `Opens ${when}`,
    look: {
      open: 'Get yours', scheduled: 'Be ready', paused: 'Have a look', 'sold-out': 'Have a look', closed: 'Have a look',
    },
  },

  product: {
    title: 'Product',
    goneTitle: 'Not on sale',
    gone: 'This product is not here, or not any more.',
    buying: 'Buy',
    limit: limit => limit === 1 ? 'one for each buyer' : `up to ${limit} for each buyer`,
    quantity: 'How many',
    quantityNow: quantity => `${quantity} chosen`,
    less: 'One less',
    more: 'One more',
    buy: (quantity, total) => quantity === 1 ? `Buy for ${total}` : `Buy ${quantity} for ${total}`,
    button: {scheduled: 'Not open yet', paused: 'Paused', 'sold-out': 'Sold out', closed: 'Sale ended'},
    hint: {
      scheduled: when => `Opens ${when}. This page opens by itself: no need to reload.`,
      paused: 'The sale is paused for a moment. This page goes on by itself.',
      'sold-out': 'All gone. If an order is cancelled, its unit shows up here at once.',
      closed: 'This sale is over.',
    },
    ready: 'Sign in now to be ready',
    readyNote: 'Be signed in before it opens, and one press is enough.',
    signInHint: 'You sign in or sign up on the way; it takes a minute.',
    signInNote: (quantity, name) => `To buy ${quantity === 1 ? '' : `${quantity} × `}${name}. We go on right after.`,
  },

  answer: {
    asking: {
      title: 'Asking for your order …',
      body: quantity => `${plural(quantity, 'unit', 'units')}. You may wait here; pressing again changes nothing.`,
    },
    unknown: {
      title: 'We do not know yet',
      body: 'No clear answer came back, so your order may or may not stand. We keep asking with the same key: you cannot'
        + ' buy twice, and if it went through, we will be told.',
    },
    waiting: {
      title: 'A little too fast',
      body: 'The shop asked us to wait. Nothing was lost: we ask again by ourselves, with the same key.',
    },
    busy: {
      title: 'Very many people are here',
      body: 'Nothing was ordered yet. We ask again by ourselves, with the same key.',
    },
    stale: {
      title: 'You tried to buy this before',
      body: when => `That was on ${when}, and no answer reached us. Shall we ask again, with the same key? If your order`
        + ' stands, you are shown it; if not, it is placed now.',
      ask: 'Ask again',
      forget: 'Forget it',
    },
    signedOut: {
      title: 'Your session has ended',
      body: 'Sign in again and we go on asking, with the same key.',
    },
    reserved: {
      title: 'Reserved for you',
      body: 'Your units are set aside and are being written down. We tell you here as soon as the order stands.',
    },
    placed: {
      title: 'It is yours',
      units: count => count === 1 ? 'Unit' : 'Units',
      total: (quantity, total) => `${plural(quantity, 'unit', 'units')}, ${total}`,
      more: 'Buy another',
    },
    cancelled: 'This order was cancelled',
    failed: {
      title: 'The reservation was lost',
      body: 'It could not be written down before the shop lost it. Nothing was ordered. You may try again.',
    },
    soldOut: {
      title: 'Sold out',
      body: 'Others were faster. If an order is cancelled, its unit shows up here at once.',
    },
    insufficient: {
      title: remaining => `Only ${remaining} left`,
      body: 'Nothing was ordered. Choose fewer and try again.',
    },
    limit: {
      title: 'You have your share',
      body: limit => limit === 1
        ? 'It is one for each buyer, and you already have an order.'
        : `It is ${limit} for each buyer; with this order you would have more.`,
      link: 'See your order',
    },
    notOpen: {
      title: 'Not open',
      body: 'Nothing is sold before the opening, after the end or during a pause. Nothing was ordered.',
    },
    gone: {title: 'Not on sale any more', body: 'Nothing was ordered.'},
    refused: {title: 'That did not work'},
    orderNumber: 'Order',
    nextTry: seconds => `Asking again in ${seconds} s`,
    askingAgain: 'Asking again …',
    askNow: 'Ask now',
    buyAgain: 'Try again',
  },

  orders: {
    link: 'My orders',
    title: 'My orders',
    one: 'Your order',
    all: 'All my orders',
    none: 'No orders yet.',
    next: 'Show more',
    signIn: 'Sign in to see your orders.',
    unlisted: 'A product that is not listed any more',
    status: {reserved: 'Reserved', placed: 'Confirmed', cancelled: 'Cancelled', failed: 'Lost before it was written'},
    line: (quantity, total, when) => `${plural(quantity, 'unit', 'units')} · ${total} · ${when}`,
    cancel: 'Cancel',
    cancelThis: name => `Cancel the order of ${name}`,
    cancelTitle: 'Cancel this order?',
    cancelBody: (name, quantity) => `${name}: ${quantity === 1 ? 'the unit goes' : `all ${quantity} units go`} back on sale`
      + ' at once, and somebody else may buy it.',
    keep: 'Keep it',
    cancelYes: 'Cancel the order',
    cancelled: name => `The order of ${name} is cancelled.`,
  },

  signIn: {
    email: 'E-mail',
    passwordLabel: 'Password',
    passwordRule: '10 characters or more.',
    codeLabel: 'Code',
    busy: 'One moment …',
    emailTaken: 'has an account already. Sign in instead.',
    codeSentTo: email => email
      ? `We sent a code of six digits to ${email}. It is good for five minutes.`
      : 'We sent a code of six digits to your e-mail address. It is good for five minutes.',
    sentAgain: 'A new code is on its way. The old one is void.',
    passwordSet: 'Your new password is set. Sign in with it.',
    toRegister: 'New here? Sign up',
    toPassword: 'I have an account',
    toForgot: 'Forgot your password?',
    toAgain: 'Send a new code',
    toOther: 'Use another account',
    password: {title: 'Sign in', action: 'Sign in'},
    register: {title: 'Sign up', action: 'Sign up'},
    code: {title: 'Enter your code', action: 'Go on'},
    forgot: {
      title: 'Set a new password',
      lead: 'Tell us your address. If it has an account, a code is sent to it.',
      action: 'Send a code',
    },
    reset: {
      title: 'Set a new password',
      lead: email => `If ${email} has an account, a code is on its way to it.`,
      action: 'Set password',
    },
  },

  admin: {
    room: 'admin',
    title: 'Flash Sale admin',
    shop: 'To the shop',
    more: 'Show more',
    filter: 'Filter',
    missing: 'This node does not offer that.',
    signIn: 'Sign in with an account that has the role admin.',
    forbidden: email => `${email} is not an admin. Sign out and use another account.`,
    ways: {overview: 'Overview', products: 'Products', orders: 'Orders', letters: 'Dead letters', audit: 'Audit log'},

    overview: {
      title: 'Overview',
      nothing: '–',
      missing: 'This node does not offer live figures. Everything else here works.',
      goesOn: 'The figures go on by themselves.',
      tiles: {
        sold: 'Purchases a second', refused: 'Refusals a second', p50: 'Answered within (median)',
        p99: 'Answered within (p99)', inFlight: 'In flight', outbox: 'Wait for MongoDB', letters: 'Dead letters',
        listeners: 'Live listeners',
      },
      store: (name, status, since) => `${{redis: 'Redis', mongodb: 'MongoDB'}[name] ?? name} is ${status}`
        + (since ? ` since ${since}` : ''),
      recovering: count => `${plural(count, 'sale is', 'sales are')} being recovered`,
      charts: {
        sold: 'Purchases a second', soldLine: 'new orders',
        refused: 'Refusals a second, by reason',
        latency: 'Time to an answer',
        remaining: 'Units left',
        outbox: 'Orders that wait for MongoDB', outboxLine: 'outbox',
        hits: 'Reads answered by the cache', hitsLine: 'hit ratio',
        none: 'Nothing of this kind yet.',
        soon: 'Begins in a moment.',
      },
      outcomes: {
        'sold-out': 'sold out', 'purchase-limit-reached': 'limit reached', 'sale-not-open': 'not open',
        'insufficient-stock': 'not enough left', overloaded: 'overloaded', unavailable: 'unavailable',
        'idempotency-key-reused': 'key reused', 'not-found': 'unknown product',
      },
      products: 'Sales',
      node: (id, since) => `Node ${id}${since ? `, up since ${since}` : ''}. Counted from its start.`,
    },

    products: {
      title: 'Products',
      create: 'New product',
      none: 'No products yet.',
      columns: {
        name: 'Name', state: 'State', price: 'Price', left: 'Left', limit: 'Each buyer', opens: 'Opens', closes: 'Closes',
        action: 'Sale',
      },
      left: (remaining, stock) => `${remaining} of ${stock}`,
      noLimit: 'no limit',
      always: 'at once',
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
      closeBody: name => `${name} is not sold any more from now on. Orders stay. It can be opened again.`,
      keepOpen: 'Leave it',
      closeYes: 'Close the sale',
    },

    product: {
      create: 'New product',
      edit: 'Edit a product',
      trouble: 'Not to be edited',
      what: 'What is sold',
      howMuch: 'How much of it',
      when: 'When',
      labels: {
        name: 'Name', description: 'Description', type: 'Type', price: 'Price', currency: 'Currency', stock: 'Stock',
        perUserLimit: 'Units for each buyer', opensAt: 'Opens', closesAt: 'Closes',
        paused: 'Paused: nothing is sold until it is opened', cacheTtlSeconds: 'Seconds in the cache',
      },
      hints: {
        type: 'A word that groups products, such as limited.',
        price: 'As people write it, such as 149.00.',
        currency: 'Three letters, such as EUR.',
        stock: 'All units, the sold ones too. It cannot fall below what is sold.',
        perUserLimit: '0 for no limit. Changes only while the sale is paused.',
        opensAt: 'Your local time. Empty: open at once.',
        closesAt: 'Your local time. Empty: never.',
        cacheTtlSeconds: '300 to 3600. Empty: what its type has.',
      },
      mustBeThere: 'must not be empty',
      mustBeWhole: 'must be a whole number',
      mustBeAmount: 'must be an amount such as 149.00',
      limitNeedsPause: 'can be changed only while the sale is paused and nothing waits to be written',
      save: 'Save',
      createYes: 'Create it',
      saving: 'Saving …',
      back: 'All products',
      saved: 'Saved. Everybody sees it now.',
      storedOnly: 'Saved, but a part of the shop does not answer: what was before may be seen, and sold, a little longer.',
      created: name => `${name} is created.`,
      nothing: 'Nothing was changed.',
    },

    orders: {
      title: 'Orders',
      none: 'No orders that match.',
      byProduct: 'Product id',
      byStatus: 'Status',
      anyStatus: 'Any',
      save: 'Download CSV',
      saving: 'Downloading …',
      notSaved: 'The file could not be had. Try again.',
      columns: {
        at: 'Reserved at', order: 'Order', product: 'Product', user: 'User', units: 'Units', total: 'Total', status: 'Status',
      },
    },

    letters: {
      title: 'Dead letters',
      lead: 'Orders that MongoDB refuses. Their units are held until each is retried or discarded.',
      none: 'None. That is how it should be.',
      columns: {
        at: 'Put aside', order: 'Order', product: 'Product', user: 'User', units: 'Units', reason: 'Why', action: 'What now',
      },
      tries: count => `after ${plural(count, 'try', 'tries')}`,
      retry: 'Retry',
      discard: 'Discard',
      discardTitle: 'Discard this order?',
      discardBody: id => `The buyer of ${id} will not get it: its units go back on sale.`,
      keep: 'Keep it',
      discardYes: 'Discard the order',
      placed: id => `${id} is written now.`,
      refused: (id, reason) => `${id} was refused again. ${reason}`,
      discarded: id => `${id} is discarded; its units are back on sale.`,
    },

    audit: {
      title: 'Audit log',
      none: 'No entries that match.',
      columns: {at: 'When', action: 'Action', actor: 'Actor', subject: 'Subject', outcome: 'Outcome', details: 'Details'},
    },
  },
};
