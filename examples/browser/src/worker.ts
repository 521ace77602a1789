/** The worker that trains, so that the page stays quick. Hands orders on, and news back. */
import type { News, Order } from './protocol.ts';
import { TabTraining } from './tab-training.ts';

const training = new TabTraining((news: News) => {
  self.postMessage(news, { transfer: news.kind === 'saved' ? [news.bytes.buffer] : [] });
});

self.addEventListener('message', ({ data }: MessageEvent<Order>) => {
  void training.take(data);
});
