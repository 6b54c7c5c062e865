import { useRef } from 'preact/hooks';

import { Button, type ButtonProps } from './basics';

interface Props extends Pick<ButtonProps, 'kind' | 'busy' | 'disabled' | 'children'> {
  /** What the choice is of, for those who do not see the button. */
  label: string;
  /** Media types, as the attribute has them; all by default. */
  accept?: string;
  onFiles: (files: File[]) => void;
}

/** A button that lets files of the device be chosen. */
export function FileChoice({ label, accept, onFiles, ...rest }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        class="hidden"
        tabIndex={-1}
        type="file"
        multiple
        aria-label={label}
        accept={accept}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file may be chosen again.
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      <Button {...rest} onClick={() => input.current?.click()} />
    </>
  );
}
