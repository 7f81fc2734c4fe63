/** What is shown at the top of a customer's pages; the shape of an item of `GET …/banners`. */
export interface Banner {
  readonly id: string;
  /** `fixed` stays until its cause is gone. */
  readonly kind: 'removable' | 'fixed';
  readonly action: string;
  readonly message: string;
  readonly pool: string;
  /** Percent used, where that is the cause. */
  readonly threshold: string | null;
  readonly at: string;
  readonly cause: Readonly<Record<string, unknown>> & { readonly kind: string };
}
