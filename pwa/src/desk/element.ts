/** The parts of Element Plus the desk uses, each with its own style. */
import 'element-plus/es/components/base/style/css'
import 'element-plus/es/components/select/style/css'
import 'element-plus/es/components/option/style/css'
import 'element-plus/es/components/option-group/style/css'
import 'element-plus/es/components/date-picker/style/css'
import 'element-plus/es/components/checkbox/style/css'
import 'element-plus/es/components/dropdown/style/css'
import 'element-plus/es/components/dropdown-menu/style/css'
import 'element-plus/es/components/dropdown-item/style/css'
import 'element-plus/es/components/message/style/css'

import {
  ElCheckbox as Checkbox,
  ElConfigProvider as ConfigProvider,
  ElDatePicker as DatePicker,
  ElDropdown as Dropdown,
  ElDropdownItem as DropdownItem,
  ElDropdownMenu as DropdownMenu,
  ElOption as Option,
  ElOptionGroup as OptionGroup,
  ElSelect as Select,
} from 'element-plus'
import type { Component } from 'vue'

export { ElMessage } from 'element-plus'

// Its prop types do not survive exactOptionalPropertyTypes; the few props we pass are looked at.
export const ElCheckbox: Component = Checkbox
export const ElConfigProvider: Component = ConfigProvider
export const ElDatePicker: Component = DatePicker
export const ElDropdown: Component = Dropdown
export const ElDropdownItem: Component = DropdownItem
export const ElDropdownMenu: Component = DropdownMenu
export const ElOption: Component = Option
export const ElOptionGroup: Component = OptionGroup
export const ElSelect: Component = Select
