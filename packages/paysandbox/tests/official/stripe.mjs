// Pages, expands, verifies and retries with Stripe's library for Node; prints what it saw.
import Stripe from "stripe";

const { url, key, secret, messages } = JSON.parse(process.argv[2]);
const { hostname: host, port } = new URL(url);
const stripe = new Stripe(key, { protocol: "http", host, port, telemetry: false });

const events = [];
for await (const event of stripe.events.list({ type: "*.succeeded", limit: 1 })) {
  events.push(event.type);
}
const sales = [];
const sessions = { limit: 1, expand: ["data.payment_intent.latest_charge"] };
for await (const session of stripe.checkout.sessions.list(sessions)) {
  const lines = { limit: 1, expand: ["data.price.product"] };
  for await (const line of stripe.checkout.sessions.listLineItems(session.id, lines)) {
    sales.push([session.payment_intent.latest_charge.amount, line.price.product.name]);
  }
}
const verified = messages.map(
  ({ body, headers }) =>
    stripe.webhooks.constructEvent(body, headers["Stripe-Signature"], secret).type,
);
const account = (await stripe.accounts.create({ country: "DE" })).id;
let refusal = null;
try {
  await stripe.accounts.create({ email: "nobody" });
} catch (error) {
  refusal = [error.type, error.code, error.param];
}
console.log(JSON.stringify({ account, events, refusal, sales, verified }));
// A timer of the library's would keep the process for as long as a request may take.
process.exit(0);
