// Pages, changes and verifies with Clerk's library for Node; prints what it saw.
import { createClerkClient, verifyToken } from "@clerk/backend";
import { verifyWebhook } from "@clerk/backend/webhooks";

const { url: apiUrl, key: secretKey, secret: signingSecret, messages, token } = JSON.parse(
  process.argv[2],
);
const clerk = createClerkClient({ apiUrl, secretKey, telemetry: { disabled: true } });

const names = [];
let total = 1;
while (names.length < total) {
  const page = await clerk.users.getUserList({ limit: 2, offset: names.length });
  names.push(...page.data.map((user) => user.firstName));
  total = page.totalCount;
}
const address = ["zoe@example.com"];
const person = await clerk.users.createUser({ firstName: "Zoe", emailAddress: address });
const changed = (await clerk.users.updateUser(person.id, { lastName: "Quist" })).lastName;
await clerk.users.deleteUser(person.id);
let gone = null;
try {
  await clerk.users.getUser(person.id);
} catch (error) {
  gone = error.errors[0].code;
}
const signedIn = (await verifyToken(token, { apiUrl, secretKey })).sub;
const verified = [];
for (const { body, headers } of messages) {
  const request = new Request("http://shop.test/", { method: "POST", body, headers });
  verified.push((await verifyWebhook(request, { signingSecret })).type);
}
console.log(JSON.stringify({ changed, gone, names, signedIn, verified }));
