/** Getting the data of a page from the disk: by a script, since nothing else may be read there. */
import type { ReportData, ReportListener } from '../report-data.ts';

declare global {
  interface Window {
    cycleganReport?: ReportListener;
  }
}

/** Reads the data as they are now; nothing when they are not there. */
export async function fetchData(): Promise<ReportData | undefined> {
  let data: ReportData | undefined;
  window.cycleganReport = (told) => {
    data = told;
  };
  const script = document.createElement('script');
  // a new address each time: browsers keep what they have read
  script.src = `report/data.js?${Date.now()}`;
  await new Promise<void>((resolve) => {
    script.onload = () => resolve();
    script.onerror = () => resolve();
    document.head.append(script);
  });
  script.remove();
  return data;
}
