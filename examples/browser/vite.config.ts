/** How the page is built: one folder, `dist`, that any web server can serve below any address. */
import { defineConfig, type Rollup } from 'vite';

const rollupOptions: Rollup.RollupOptions = {
  onwarn: (warning, warn) => {
    // comments for another bundler
    if (warning.code !== 'INVALID_ANNOTATION') warn(warning);
  },
};

export default defineConfig({
  root: 'src',
  base: './',
  build: { outDir: '../dist', emptyOutDir: true, target: 'es2022', rollupOptions },
  worker: { format: 'es', rollupOptions },
});
