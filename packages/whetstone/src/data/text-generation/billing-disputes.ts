import type { RandomStream } from "../../math/index.ts";
import { TextGrammar, type TextRules } from "./text-grammar.ts";

const twoDigits = (v: number) => String(v).padStart(2, "0");

const RULES: TextRules = {
  start: [
    { text: "{open}\n{ask}\n{detail}\n{verdict}\n{end}", weight: 3 },
    { text: "{open}\n{ask}\n{detail}\n{push}\n{verdict}\n{end}", weight: 2 },
    { text: "{open}\n{verdict}\n{end}", weight: 1 },
  ],
  open: [
    "Customer: {hello} {complaint} {wish}",
    "Customer: {complaint} {hello2} {wish}",
    "Customer: {mood} {complaint}",
  ],
  hello: ["Hi,", "Hello,", "Good morning,", "Hi there, {who=person} here.", "Dear support team,"],
  hello2: ["Hope you can help.", "I have been a customer since {year}.", "My name is {who=person}."],
  person: [
    "Ana",
    "Jonas",
    "Priya",
    "Marek",
    "Li Wei",
    "Fatou",
    "Carlos",
    "Ingrid",
    "Sam",
    "Noor",
    "Tom",
    "Yuki",
  ],
  year: (r: RandomStream) => String(r.int(2009, 2024)),
  mood: [
    { text: "This is the third time I write.", weight: 1, features: { tone: "angry" } },
    { text: "I am really disappointed.", weight: 1, features: { tone: "angry" } },
    { text: "Quick question about my bill.", weight: 2, features: { tone: "calm" } },
    { text: "I think there is a mistake on my account.", weight: 2, features: { tone: "calm" } },
  ],
  complaint:
    "{case=reason} {case.reason? duplicate=@twice | cancelled=@cancelled | wrong=@tooMuch | fee=@fee | unknown=@unknown}",
  reason: [
    { text: "I was billed twice.", weight: 3, features: { reason: "duplicate" } },
    { text: "You keep charging me after I cancelled.", weight: 2, features: { reason: "cancelled" } },
    { text: "The amount on my invoice is wrong.", weight: 3, features: { reason: "wrong" } },
    { text: "There is a fee nobody told me about.", weight: 1, features: { reason: "fee" } },
    { text: "I do not recognise a payment.", weight: 1, features: { reason: "unknown" } },
  ],
  twice: [
    "{amount=money} for {product=thing} left my account on {day} {month=month} and again the next day.",
    "My statement for {month=month} shows {amount=money} two times, both for {product=thing}.",
  ],
  cancelled: [
    "I ended {product=thing} in {month=month}, yet {amount=money} {was} taken again on {day}.",
    "{product=thing|capital} was cancelled on {day} {month=month}; since then {amount=money} {leaves} my card every month.",
  ],
  was: ["was", "has been"],
  leaves: ["leaves", "is taken from"],
  tooMuch: [
    "{product=thing|capital} should cost {price=money}, but in {month=month} I paid {amount=money}.",
    "For {month=month} you ask {amount=money} for {product=thing}; we had agreed on {price=money}.",
  ],
  fee: [
    "{amount=money} for {fees} with {product=thing} in {month=month}?",
    "In {month=month} I see {fees|a} of {amount=money} on the bill for {product=thing}.",
  ],
  fees: ["activation fee", "late fee", "paper invoice fee", "roaming fee", "service fee", "handling charge"],
  unknown: [
    "{amount=money} on {day} {month=month} for {product=thing}, which I never ordered.",
    "What is {amount=money} in {month=month}? I do not even have {product=thing}.",
  ],
  money: (r: RandomStream) => {
    const cents = Math.round(100 * Math.exp(r.normal(3.4, 0.8)));
    return `$${Math.floor(cents / 100)}.${twoDigits(cents % 100)}`;
  },
  thing: [
    "the family plan",
    "the broadband contract",
    "the music subscription",
    "the phone insurance",
    "the cloud storage",
    "the streaming package",
    "the premium account",
    "the second SIM card",
    "the office licence",
    "the gym membership",
  ],
  day: (r: RandomStream) => `the ${ordinal(r.int(1, 29))}`,
  month: [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
  ],
  wish: [
    "Please sort this out.",
    "Can you check?",
    "I would like my money back.",
    "Please refund {amount}.",
    "What can you do about it?",
    "I expect an answer by {weekday}.",
  ],
  weekday: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
  ask: [
    "Agent: {sorry} Could you {send} so that I can look into it?",
    "Agent: {sorry} Which {how} did you use for {product}?",
    "Agent: Let me open your account. Is {amount} the full amount in question?",
  ],
  sorry: [
    "I am sorry to hear that.",
    "Thank you for letting us know.",
    "That should not happen.",
    "I understand that this is annoying.",
  ],
  send: [
    "send me the invoice number",
    "confirm the last digits of your card",
    "tell me when you noticed it",
    "share a screenshot of the statement",
  ],
  how: ["card", "bank account", "payment method", "e-mail address"],
  detail: [
    "Customer: The number is {number}.",
    "Customer: My card ends in {digits}.",
    "Customer: I noticed it on {weekday}, when I checked my statement for {month}.",
    "Customer: Yes, {amount}. The invoice is {number}.",
    "Customer: I already sent all of that last week! Reference {number}.",
  ],
  number: (r: RandomStream) => `INV-${r.int(10_000, 100_000)}`,
  digits: (r: RandomStream) => String(r.int(1000, 10_000)),
  push: [
    "Agent: One moment, I am looking at {month}.\nCustomer: {impatient}",
    "Agent: I can see {product} on your account.\nCustomer: {impatient}",
  ],
  impatient: [
    "Thanks, I will wait.",
    "How long does this take?",
    "And what about the {amount}?",
    "I have a meeting in ten minutes.",
    "Take your time.",
  ],
  verdict: "Agent: {finding} {decision=outcome}",
  finding:
    "{case.reason? duplicate=@foundTwice | cancelled=@foundCancelled | wrong=@foundWrong | fee=@foundFee | unknown=@foundUnknown}",
  foundTwice: ["The payment of {amount} was indeed booked twice.", "I found both entries for {product}."],
  foundCancelled: [
    "Your cancellation of {product} was never processed.",
    "The contract for {product} was closed after the invoice for {month} had gone out.",
  ],
  foundWrong: [
    "The discount for {product} had expired in {month}.",
    "Our system used an old price list in {month}.",
  ],
  foundFee: ["The fee is part of the terms of {product}.", "The fee for {month} was added by mistake."],
  foundUnknown: [
    "The payment belongs to another customer with {product}.",
    "The order for {product} came from your account in {month}.",
  ],
  outcome: [
    {
      text: "I have refunded {amount}; it arrives within {days}.",
      weight: 5,
      features: { outcome: "refund" },
    },
    {
      text: "You will find a credit of {amount} on your next invoice.",
      weight: 3,
      features: { outcome: "credit" },
    },
    { text: "I am afraid that I cannot pay this back.", weight: 2, features: { outcome: "rejected" } },
    {
      text: "I have passed your case to our billing team, who will write within {days}.",
      weight: 2,
      features: { outcome: "escalated" },
    },
  ],
  days: ["two working days", "three to five days", "a week", "ten days"],
  end: "Customer: {decision.outcome? refund=@happy | credit=@content | rejected=@unhappy | escalated=@waiting}",
  happy: [
    "Great, thank you!",
    "That was quick, thanks.",
    "Perfect. Have a good {weekday}!",
    "Thank you for fixing it.",
  ],
  content: [
    "A credit is fine, thanks.",
    "I would have preferred a refund, but all right.",
    "OK, I will check the next invoice.",
  ],
  unhappy: [
    "Then please cancel {product}.",
    "I will dispute it with my bank.",
    "That is not acceptable. I want to speak to a manager.",
    "I am leaving for another provider.",
  ],
  waiting: [
    "All right, I will wait for their mail.",
    "Again waiting? Fine.",
    "Please tell them that it is urgent.",
  ],
};

function ordinal(n: number): string {
  const last = n % 10;
  if (n > 10 && n < 14) return `${n}th`;
  return `${n}${last === 1 ? "st" : last === 2 ? "nd" : last === 3 ? "rd" : "th"}`;
}

/**
 * Conversations of customers with an agent about a bill, as text with the truth about each: labels `reason`
 * (duplicate, cancelled, wrong, fee, unknown), `outcome` (refund, credit, rejected, escalated) and, in some, `tone`
 * (calm, angry); slots `amount`, `product`, `month`, ...
 *
 * @example
 * const [first] = billingDisputes().sample(1, { seed: 1 });
 * first.text.includes(first.slots.amount); // true
 */
export function billingDisputes(): TextGrammar {
  return new TextGrammar(RULES);
}
