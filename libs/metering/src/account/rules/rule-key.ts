/** Key of a rule: alerts and budgets have names of their own. */
export const ruleKey = (rule: { readonly kind: string; readonly name: string }): string => `${rule.kind}/${rule.name}`;
