import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

const noInjection = [
  { selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|srcdoc)$/]', message: 'No HTML from text: render it with Vue.' },
  { selector: 'CallExpression[callee.object.name="document"][callee.property.name="write"]', message: 'No document.write.' },
]

// Younger than the phones we aim at (Chrome 100, Safari 16.4), and not lowered by the build.
const tooYoung = [
  ['AbortSignal', 'any'],
  ['AbortSignal', 'timeout'],
  ['URL', 'canParse'],
  ['Object', 'groupBy'],
  ['Map', 'groupBy'],
  ['Promise', 'withResolvers'],
].map(([object, property]) => ({ object, property, message: 'Chrome 100 has no such thing.' }))

export default ts.config(
  { ignores: ['dist', 'node_modules', 'coverage'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...vue.configs['flat/recommended'],
  {
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        projectService: false,
        project: ['./tsconfig.json', './tsconfig.test.json', './tsconfig.sw.json', './tsconfig.node.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
  },
  {
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'off',
      'no-new-func': 'error',
      'no-undef': 'off', // the type checker knows better
      'no-restricted-syntax': ['error', ...noInjection],
      'no-restricted-properties': ['error', ...tooYoung],
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Calls go through src/api/client.ts.' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': ['error', { html: { void: 'always', normal: 'always', component: 'always' } }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-unused-refs': 'error',
      'vue/require-default-prop': 'off', // an absent prop is undefined, and its type says so
    },
  },
  // It takes the defaults of destructured props for useless ones.
  { files: ['**/*.vue'], rules: { '@typescript-eslint/no-useless-default-assignment': 'off' } },
  { files: ['src/api/client.ts', 'src/api/server.ts', 'src/sw/**', 'src/**/*.test.ts'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['**/*.js', '**/*.cjs', '**/*.mjs'], ...ts.configs.disableTypeChecked },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
)
