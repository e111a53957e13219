export const zh = {
  optional: '选填',
  choose: '请选择',
  search: '输入文字查找',
  nothingFound: '没有找到，请换一个词',
  clear: '清除选择',
  close: '关闭',
  yes: '是',
  no: '否',
  notANumber: '请只输入数字',
}
