// A VitePress site with live views: the script in the head, and Vue told that the elements are none of its own.
import { defineConfig } from 'vitepress';

export default defineConfig({
  title: 'Our monitoring',
  base: '/',
  cacheDir: '../../target/vitepress-cache',
  head: [['script', { type: 'module', src: '/embed/accelerando-view.js' }]],
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('accelerando-') } } },
});
