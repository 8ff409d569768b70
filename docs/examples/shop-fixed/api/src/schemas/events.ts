import { z } from "zod";

export const renameSchema = z.object({ title: z.string().trim().min(1).max(120) }).strict();

export const paymentSchema = z
  .object({
    channel_id: z.string().min(1),
    order_id: z.string().uuid(),
    paid_at: z.string().datetime(),
  })
  .strict();
